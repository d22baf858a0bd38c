using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Training;

public sealed class ValidationSetTests : IDisposable
{
    private static readonly IReadOnlyList<string> Classes = ["calm", "hope", "rage"];

    private readonly DrawnImages _images = new(imagesPerClass: 4), _others = new(imagesPerClass: 2), _unlabeled = new(imagesPerClass: 1);
    private readonly MLContext _ml = new(seed: 1);

    public ValidationSetTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _images.Dispose();
        _others.Dispose();
        _unlabeled.Dispose();
    }

    [Fact]
    public void Its_images_are_measured_after_each_epoch_and_not_trained_on()
    {
        IDataView train = _ml.Data.LoadImageFolder(_images.Folder), validation = _ml.Data.LoadImageFolder(_others.Folder);

        using var without = Trainer(Options()).Fit(train);
        using var with = Trainer(Options() with { ValidationSet = validation }).Fit(train);
        using var overload = Trainer(Options()).Fit(train, validation);

        Assert.All(with.History, epoch => Assert.NotNull(epoch.ValidationAccuracy));
        Assert.Equal(6, with.Report!.Images);
        Assert.Equal(_ml.MulticlassClassification.EvaluateDistillation(validation, with).Student.Accuracy.Value, with.History[^1].ValidationAccuracy!.Value, 1e-9);
        Assert.Equal(without.History.Select(epoch => epoch.Loss), with.History.Select(epoch => epoch.Loss));
        Assert.Equal(with.History.Select(epoch => epoch.ValidationAccuracy), overload.History.Select(epoch => epoch.ValidationAccuracy));
    }

    // The key has the classes in another order.
    [Fact]
    public void Classes_are_matched_by_name_and_scores_are_read_from_both_data_sets()
    {
        IDataView train = WithScores(_images), validation = WithScores(_others);
        IDataView key = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: _ml.Data.LoadFromEnumerable(
            Classes.Reverse().Select(name => new Name { Value = name }))).Fit(validation).Transform(validation);
        KnowledgeDistillationOptions options = Options() with
        {
            Teacher = Teachers.FromScores("Votes"), KeepBestEpoch = true,
        };

        using var text = Trainer(options).Fit(train, validation);
        using var mapped = Trainer(options).Fit(train, key);

        Assert.Equal(1, text.Report!.Teacher!.Accuracy.Value);
        Assert.Equal(1, mapped.Report!.Teacher!.Accuracy.Value);
        Assert.Equal(text.History.Select(epoch => epoch.ValidationAccuracy), mapped.History.Select(epoch => epoch.ValidationAccuracy));
    }

    [Fact]
    public void It_goes_together_with_images_without_labels()
    {
        using var student = Trainer(Options() with { Unlabeled = new(_ml.Data.LoadUnlabeledImages(_unlabeled.Folder)) })
            .Fit(_ml.Data.LoadImageFolder(_images.Folder), _ml.Data.LoadImageFolder(_others.Folder));

        Assert.Equal(6, student.Report!.Images);
    }

    [Fact]
    public void Its_images_must_not_be_trained_on_without_labels()
    {
        KnowledgeDistillationOptions options = Options() with { Unlabeled = new(_ml.Data.LoadUnlabeledImages(_others.Folder)) };

        string message = Assert.Throws<TrainingDataException>(() => Trainer(options)
            .Fit(_ml.Data.LoadImageFolder(_images.Folder), _ml.Data.LoadImageFolder(_others.Folder))).Message;

        Assert.Contains("6 of the images without labels are also evaluated", message, StringComparison.Ordinal);
        Assert.Contains("00.png", message, StringComparison.Ordinal);
        Assert.Contains("6 of the images", Assert.Throws<TrainingDataException>(() => _ml.MulticlassClassification
            .TuneDistillation(_ml.Data.LoadImageFolder(_others.Folder), [options], folds: 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_classes_missing_labels_and_columns_are_named()
    {
        IDataView train = _ml.Data.LoadImageFolder(_images.Folder);
        IDataView With(string instead) => _ml.Data.LoadFromEnumerable(Rows(_others).Select(row => new Row
        {
            ImagePath = row.ImagePath, Label = row.Label == "hope" ? instead : row.Label,
        }).ToArray());
        string Failure(IDataView validation) => Assert.Throws<TrainingDataException>(() => Trainer(Options()).Fit(train, validation)).Message;

        Assert.Contains("the validation set has labels in 'Label' that are no classes of the training data: envy; the classes are calm, hope, rage", Failure(With("envy")),
            StringComparison.Ordinal);
        Assert.Contains("2 of 6 rows of the validation set have no label in 'Label'", Failure(With("")), StringComparison.Ordinal);
        Assert.Contains("the validation set has no rows", Failure(_ml.Data.LoadFromEnumerable<Row>([])), StringComparison.Ordinal);
        IDataView unlabeled = _ml.Data.LoadUnlabeledImages(_others.Folder);
        Assert.Contains("the validation set: there is no label column 'Label'", Failure(unlabeled), StringComparison.Ordinal);
        Assert.Throws<TrainingDataException>(() => Trainer(Options() with { ValidationSet = unlabeled }).GetOutputSchema(SchemaShapes.Create(train.Schema)));
    }

    [Fact]
    public void It_excludes_a_validation_fraction_and_is_enough_for_patience()
    {
        KnowledgeDistillationOptions options = Options() with { ValidationSet = _ml.Data.LoadImageFolder(_others.Folder), Patience = 1 };

        Assert.Empty(options.FindErrors());
        Assert.Equal(["ValidationSet is set, and ValidationFraction is 0.5; set one of the two"], (options with { ValidationFraction = 0.5 }).FindErrors());
    }

    private KnowledgeDistillationTrainer Trainer(KnowledgeDistillationOptions options) => _ml.Transforms.DistillSentiment(options);

    private static KnowledgeDistillationOptions Options() => DistillationRecipes.Paper with
    {
        Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Epochs = 2, BatchSize = 6, LearningRate = 0.02,
    };

    private Row[] Rows(DrawnImages images) =>
        [.. _ml.Data.CreateEnumerable<Row>(_ml.Data.LoadImageFolder(images.Folder), reuseRowObject: false)];

    private IDataView WithScores(DrawnImages images) => _ml.Data.LoadFromEnumerable(Rows(images).Select(row => new ScoredRow
    {
        ImagePath = row.ImagePath, Label = row.Label, Votes = [.. Classes.Select(name => name == row.Label ? 0.8f : 0.1f)],
    }).ToArray());

    private class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class ScoredRow : Row
    {
        [VectorType(3)]
        public float[] Votes { get; set; } = [];
    }

    private sealed class Name
    {
        public string Value { get; set; } = "";
    }
}
