using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Training;

public sealed class TextLabelTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 4);
    private readonly MLContext _ml = new(seed: 1);

    public TextLabelTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    // Ordinal order: capitals first. The images come in the order blue, green, red.
    [Fact]
    public void Text_labels_train_the_same_student_as_a_key_by_value()
    {
        IDataView text = Load("zest", "Zeal", "awe"), key = DrawnImages.MapLabels(_ml).Fit(text).Transform(text);

        using var ofText = Fit(text);
        using var ofKey = Fit(key);

        Assert.Equal(["Zeal", "awe", "zest"], ofText.Classes);
        Assert.Equal(Export(ofKey), Export(ofText));
        VBuffer<ReadOnlyMemory<char>> names = default;
        ofText.Transform(text).Schema["PredictedLabel"].GetKeyValues(ref names);
        Assert.Equal(ofText.Classes, names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void The_schema_with_text_labels_is_the_promised_one()
    {
        IDataView text = Load("calm", "hope", "rage");
        KnowledgeDistillationTrainer student = Trainer();
        TeacherTrainer teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", SmallNetworks.Teacher(epochs: 1));

        using var trainedStudent = student.Fit(text);
        using var trainedTeacher = teacher.Fit(text);

        SchemaChecks.CheckPromise(student.GetOutputSchema(SchemaShapes.Create(text.Schema)), trainedStudent.GetOutputSchema(text.Schema));
        SchemaChecks.CheckPromise(teacher.GetOutputSchema(SchemaShapes.Create(text.Schema)), trainedTeacher.GetOutputSchema(text.Schema));
        Assert.Equal(["calm", "hope", "rage"], trainedTeacher.Classes);
    }

    [Fact]
    public void A_student_is_evaluated_on_text_labels_and_an_unknown_class_is_named()
    {
        IDataView text = Load("calm", "hope", "rage");
        using var student = Fit(text);

        DistillationReport report = _ml.MulticlassClassification.EvaluateDistillation(text, student);
        var failure = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(Load("calm", "envy", "rage"), student));

        IDataView key = DrawnImages.MapLabels(_ml).Fit(text).Transform(text);
        Assert.Equal(_ml.MulticlassClassification.Evaluate(student.Transform(key)).MicroAccuracy, report.Student.Accuracy.Value, 1e-9);
        Assert.Contains("the label 'envy'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_tuned_on_text_labels()
    {
        var tuning = _ml.MulticlassClassification.TuneDistillation(Load("calm", "hope", "rage"), [Options() with { LearningRate = 1e-9 }, Options()], folds: 2);

        Assert.All(tuning.Trials, trial => Assert.InRange(trial.Accuracy, 0, 1));
    }

    [Fact]
    public void An_empty_label_and_a_single_class_are_errors()
    {
        Assert.Contains("4 of 12 rows have no label in 'Label'", Failure(Load("calm", "hope", "")), StringComparison.Ordinal);
        Assert.Contains("all images have the label 'calm'", Failure(Load("calm", "calm", "calm")), StringComparison.Ordinal);
    }

    private string Failure(IDataView data) => Assert.Throws<TrainingDataException>(() => Fit(data)).Message;

    private SentimentTransformer Fit(IDataView data) => Trainer().Fit(data);

    private KnowledgeDistillationTrainer Trainer() => _ml.Transforms.DistillSentiment(Options());

    private static KnowledgeDistillationOptions Options() => DistillationRecipes.Paper with
    {
        Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Epochs = 2, BatchSize = 6, LearningRate = 0.02,
    };

    private IDataView Load(string blue, string green, string red)
    {
        var names = new Dictionary<string, string> { ["calm"] = blue, ["hope"] = green, ["rage"] = red };
        return _ml.Data.LoadFromEnumerable(_ml.Data.CreateEnumerable<Row>(_ml.Data.LoadImageFolder(_images.Folder), reuseRowObject: false)
            .Select(row => new Row { ImagePath = row.ImagePath, Label = names[row.Label] }).ToArray());
    }

    private static byte[] Export(SentimentTransformer student)
    {
        using var stream = new MemoryStream();
        student.SaveAsOnnx(stream);
        return stream.ToArray();
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
