using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Support.SchemaChecks;

namespace VisualSentiment.Tests.Prediction;

/// <summary>What ML.NET's TestEstimatorCore asks of an estimator, its transformer and the loaded model.</summary>
public sealed class SchemaPropagationTests : IDisposable
{
    /// <summary>Annotations that no chain of ML.NET's public transformers can save.</summary>
    private static readonly string[] NotSaved = ["ScoreColumnSetId", "ScoreColumnKind", "ScoreValueKind", "TrainingLabelValues"];

    private readonly DrawnImages _images = new(imagesPerClass: 2);
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<IDisposable> _loaded = [];

    public SchemaPropagationTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _loaded.ForEach(model => model.Dispose());
        _images.Dispose();
    }

    [Fact]
    public void Trainer_transformer_and_loaded_model_have_the_declared_schema()
    {
        IDataView data = _images.Load(_ml);
        var trainer = Trainer(_ml);

        using var transformer = trainer.Fit(data);

        DataViewSchema schema = transformer.GetOutputSchema(data.Schema);
        CheckPromise(trainer.GetOutputSchema(SchemaShapes.Create(data.Schema)), schema);
        CheckSameSchemas(schema, transformer.Transform(data).Schema);
        CheckSameSchemas(schema, ((ITransformer)transformer).GetRowToRowMapper(data.Schema).OutputSchema);
        ITransformer loaded = SaveAndLoad(transformer, data.Schema);
        CheckSameSchemas(schema, loaded.GetOutputSchema(data.Schema), NotSaved);
        CheckSameSchemas(loaded.GetOutputSchema(data.Schema), loaded.Transform(data).Schema);
        CheckSameSchemas(schema, SaveAndLoad(loaded, data.Schema).GetOutputSchema(data.Schema), NotSaved);
        Assert.Equal(transformer.Transform(data).GetColumn<float[]>("Score"), loaded.Transform(data).GetColumn<float[]>("Score"));
        Assert.Equal(transformer.Transform(data).GetColumn<uint>("PredictedLabel"), loaded.Transform(data).GetColumn<uint>("PredictedLabel"));
    }

    [Fact]
    public void Names_of_the_added_columns_are_promised_added_saved_and_evaluated()
    {
        IDataView data = _images.Load(_ml);
        KnowledgeDistillationOptions options = DistillationRecipes.Paper with
        {
            Loss = DistillationLosses.HardLabels, Student = SmallNetworks.Student, Epochs = 1, ScoreColumnName = "Shares", PredictedLabelColumnName = "Mood",
        };
        var trainer = _ml.Transforms.DistillSentiment(options);

        using var transformer = trainer.Fit(data);

        DataViewSchema schema = transformer.GetOutputSchema(data.Schema);
        Assert.Equal(["ImagePath", "Label", "Mood", "Shares"], schema.Where(column => !column.IsHidden).Select(column => column.Name));
        CheckPromise(trainer.GetOutputSchema(SchemaShapes.Create(data.Schema)), schema);
        var loaded = (TransformerChain<ITransformer>)SaveAndLoad(transformer, data.Schema);
        CheckSameSchemas(schema, loaded.GetOutputSchema(data.Schema), NotSaved);
        loaded.Dispose();
        var metrics = _ml.MulticlassClassification.Evaluate(transformer.Transform(data), scoreColumnName: "Shares", predictedLabelColumnName: "Mood");
        Assert.Equal(metrics.MicroAccuracy, _ml.MulticlassClassification.EvaluateDistillation(data, transformer).Student.Accuracy.Value, 1e-9);
        Assert.Equal(["ScoreColumnName is empty"], (options with { ScoreColumnName = "" }).FindErrors());
        Assert.Equal(["ScoreColumnName and PredictedLabelColumnName are both 'Mood'; choose two names"], (options with { ScoreColumnName = "Mood" }).FindErrors());
    }

    [Fact]
    public void Teachers_trainer_and_transformer_have_the_schema_that_was_promised()
    {
        IDataView data = _images.Load(_ml);
        var trainer = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", SmallNetworks.Teacher(epochs: 1));

        using var transformer = trainer.Fit(data);

        DataViewSchema schema = transformer.GetOutputSchema(data.Schema);
        CheckPromise(trainer.GetOutputSchema(SchemaShapes.Create(data.Schema)), schema);
        CheckSameSchemas(schema, transformer.Transform(data).Schema);
    }

    public static TheoryData<string, string> InvalidColumns => new()
    {
        { "Number", "the image column 'Number' is Single; " },
        { "Numbers", "the image column 'Numbers' is Vector<Single>; " },
        { "Label", "the image column 'Label' is Key<UInt32>; " },
        { "Nowhere", "there is no image column 'Nowhere'; the columns are ImagePath, Label" },
    };

    [Theory]
    [MemberData(nameof(InvalidColumns))]
    public void Image_column_that_holds_no_images_is_rejected_before_and_in_Fit(string column, string message)
    {
        IDataView data = WithNumbers();

        Assert.Contains(message, CheckRefused(Trainer(_ml, imageColumn: column), data), StringComparison.Ordinal);
        Assert.Contains(message, CheckRefused(_ml.MulticlassClassification.Trainers.SentimentTeacher(
            "Label", column, SmallNetworks.Teacher(epochs: 1)), data), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nowhere", "there is no label column 'Nowhere'")]
    [InlineData("Number", "the label column 'Number' is Single; it must be text, or a key as")]
    [InlineData("Keys", "the label column 'Keys' is Vector<Key<UInt32>>; it must be text, or a key as")]
    [InlineData("Nameless", "the label column 'Nameless' is a key without names")]
    [InlineData("Time", "the classes of the label column 'Time' are DateTime; use text, numbers or Booleans")]
    public void Label_column_that_names_no_classes_is_rejected_before_and_in_Fit(string column, string message)
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Time").Fit(WithNumbers()).Transform(WithNumbers());

        Assert.Contains(message, CheckRefused(Trainer(_ml, labelColumn: column), data), StringComparison.Ordinal);
        Assert.Contains(message, CheckRefused(_ml.MulticlassClassification.Trainers.SentimentTeacher(
            column, "ImagePath", SmallNetworks.Teacher(epochs: 1)), data), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_without_labels_in_a_column_of_another_type_are_rejected_before_and_in_Fit()
    {
        IDataView unlabeled = _ml.Data.LoadFromEnumerable([new NumberRow { ImagePath = 1 }]);

        string message = CheckRefused(_ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Unlabeled = new(unlabeled),
        }), _images.Load(_ml));

        Assert.Contains("without labels: the image column 'ImagePath' is Single", message, StringComparison.Ordinal);
    }

    private IDataView WithNumbers() => _ml.Data.LoadFromEnumerable(_ml.Data.CreateEnumerable<ImageRow>(
        _ml.Data.LoadImageFolder(_images.Folder), reuseRowObject: false)
        .Select(row => new ManyColumns { ImagePath = row.ImagePath, Label = row.Label.Length == 4 ? 1u : 2u }));

    private static KnowledgeDistillationTrainer Trainer(MLContext ml, string labelColumn = "Label", string imageColumn = "ImagePath") =>
        ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Loss = DistillationLosses.HardLabels, Student = SmallNetworks.Student, Epochs = 1, LabelColumnName = labelColumn, ImageColumnName = imageColumn,
        });

    private ITransformer SaveAndLoad(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        stream.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        // A loaded chain keeps its ONNX file in the temporary folder.
        _loaded.Add((IDisposable)loaded);
        return loaded;
    }

    private sealed class ImageRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class NumberRow
    {
        public float ImagePath { get; set; }
    }

    private sealed class ManyColumns
    {
        public string ImagePath { get; set; } = "";

        [KeyType(2)]
        public uint Label { get; set; }

        public float Number { get; set; }

        [VectorType(3)]
        public float[] Numbers { get; set; } = [1, 2, 3];

        [KeyType(2)]
        public uint Nameless { get; set; } = 1;

        [VectorType(2), KeyType(2)]
        public uint[] Keys { get; set; } = [1, 2];

        public DateTime Time { get; set; }
    }
}
