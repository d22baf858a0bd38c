using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using VisualSentiment.Data.Columns;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Evaluation;

public class EvaluateDistillationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Models_are_tested_on_the_same_rows()
    {
        IDataView data = Load(
            new Row("a/1.jpg", "anger", student: [0.6f, 0.4f], teacher: [0.9f, 0.1f], hard: [0.4f, 0.6f]),
            new Row("j/1.jpg", "joy", student: [0.6f, 0.4f], teacher: [0.2f, 0.8f], hard: [0.4f, 0.6f]),
            new Row("j/2.jpg", "joy", student: [0.3f, 0.7f], teacher: [0.2f, 0.8f], hard: [0.8f, 0.2f]));

        var report = _ml.MulticlassClassification.EvaluateDistillation(data, Student, Teacher, HardLabels);

        Assert.Equal(["anger", "joy"], report.Classes);
        Assert.Equal(3, report.Images);
        Assert.Equal([2.0 / 3, 1, 1.0 / 3], new[] { report.Student, report.Teacher!, report.HardLabelStudent! }.Select(model => model.Accuracy.Value));
        Assert.Equal(2.0 / 3, report.Agreement);
        Assert.Equal(1.0 / 3, report.GainOverHardLabels!.Value.Value, 1e-12);
    }

    [Fact]
    public void A_pretrained_student_on_hard_labels_is_tested_too()
    {
        IDataView data = Load(new Row("a/1.jpg", "anger", student: [0.6f, 0.4f], teacher: [0.4f, 0.6f]), new Row("j/1.jpg", "joy", student: [0.3f, 0.7f], teacher: [0.2f, 0.8f]));

        var report = _ml.MulticlassClassification.EvaluateDistillation(data, Student, pretrainedHardLabelStudent: Teacher);

        Assert.Equal(0.5, report.GainOverPretrainedHardLabels!.Value.Value);
        Assert.Null(report.GainOverHardLabels);
    }

    [Fact]
    public void Evaluation_is_canceled()
    {
        IDataView data = Load(new Row("a/1.jpg", "anger", student: [0.6f, 0.4f]), new Row("j/1.jpg", "joy", student: [0.3f, 0.7f]));

        Assert.Throws<OperationCanceledException>(() => _ml.MulticlassClassification.EvaluateDistillation(
            data, Student, options: new() { CancellationToken = new CancellationToken(true) }));
    }

    [Fact]
    public void Metrics_equal_those_of_ML_NET()
    {
        var random = new Random(4);
        float[] Scores() => random.NextSingle() is var p ? [p, 1 - p] : [];
        IDataView data = Load([.. Enumerable.Range(0, 60).Select(i => new Row($"{i}.jpg", i % 3 == 0 ? "joy" : "anger", Scores(), Scores(), Scores()))]);

        var report = _ml.MulticlassClassification.EvaluateDistillation(data, Student);
        // ML.NET asks for a predicted label; it is computed from the scores all the same.
        var metrics = _ml.MulticlassClassification.Evaluate(_ml.Transforms.CopyColumns("PredictedLabel", "Label").Fit(data).Transform(Student.Transform(data)));

        Assert.Equal(metrics.MicroAccuracy, report.Student.Accuracy.Value, 1e-9);
        Assert.Equal(metrics.MacroAccuracy, report.Student.MacroAccuracy, 1e-9);
        Assert.Equal(metrics.LogLoss, report.Student.CrossEntropy, 1e-6);
    }

    [Fact]
    public void Labels_may_be_text_and_pipelines_may_map_them()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new Row("a/1.jpg", "anger", [0.6f, 0.4f]), new Row("j/1.jpg", "joy", [0.6f, 0.4f])]);
        ITransformer pipeline = Map.Append(_ml.Transforms.CopyColumns("Score", "Student")).Fit(data);

        Assert.Equal(0.5, _ml.MulticlassClassification.EvaluateDistillation(data, pipeline).Student.Accuracy.Value);
    }

    [Fact]
    public void A_student_of_this_library_and_a_pipeline_that_ends_in_one_are_evaluated()
    {
        using var folder = new TemporaryFolder();
        using var student = new SentimentTransformer(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 6).Select(i =>
            new PathRow { ImagePath = TestImage.Write(folder[$"{i}.png"], i), Label = ExportedStudent.Classes[i % 3] }).ToArray());

        var report = _ml.MulticlassClassification.EvaluateDistillation(data, student, teacher: new TransformerChain<SentimentTransformer>(student));

        Assert.Equal(ExportedStudent.Classes, report.Classes);
        Assert.Equal(1, report.Agreement);
        Assert.Equal(0, report.TeacherDivergence!.Value, 1e-6);
    }

    [Fact]
    public void The_page_shows_the_evidence_of_a_student_with_maps_although_it_is_disposed()
    {
        using var folder = new TemporaryFolder();
        PathRow[] Rows(string[] classes) => [.. classes.Select((name, i) => new PathRow { ImagePath = TestImage.Write(folder[$"{i}.png"], i), Label = name })];
        int Evidence(byte[] model, string[] classes)
        {
            DistillationReport report;
            using (var student = new SentimentTransformer(model, "ImagePath", TextDataViewType.Instance))
                report = _ml.MulticlassClassification.EvaluateDistillation(_ml.Data.LoadFromEnumerable(Rows(classes)), student);
            return Html.ReportPages.Write(report).Page.Descendants("img").Count(image => image.Attribute("alt")!.Value.StartsWith("Evidence for ", StringComparison.Ordinal));
        }

        Assert.Equal(3, Evidence(ColorStudent.Create(), ["calm", "hope", "rage"]));
        Assert.Equal(0, Evidence(ExportedStudent.Create(), ExportedStudent.Classes));
    }

    [Fact]
    public void An_image_has_the_same_identity_in_another_run()
    {
        Row[] rows = [new("a/1.jpg", "anger", [0.6f, 0.4f]), new("j/1.jpg", "joy", [0.6f, 0.4f]), new("j/2.jpg", "joy", [0.6f, 0.4f])];
        DistillationReport Evaluate(params Row[] tested) => _ml.MulticlassClassification.EvaluateDistillation(Load(tested), Student);

        Assert.Equal(3, DistillationReport.Combine([Evaluate(rows), Evaluate(rows[2], rows[0])]).Images);
    }

    [Fact]
    public void Images_in_folders_of_the_same_name_are_different_images()
    {
        IDataView data = Load(
            new Row("/data/awe/2019/1.jpg", "anger", [0.6f, 0.4f]), new Row("/data/fear/2019/1.jpg", "joy", [0.6f, 0.4f]), new Row("/data/fear/2.jpg", "joy", [0.6f, 0.4f]));

        Assert.Equal(3, _ml.MulticlassClassification.EvaluateDistillation(data, Student).Images);
    }

    [Fact]
    public void The_same_data_in_another_folder_are_the_same_images_in_any_order()
    {
        string[] files = ["awe/2019/1.jpg", "fear/2019/1.jpg", "fear/2020/1.jpg"];
        DistillationReport Evaluate(string folder, float score, IEnumerable<string> paths) => _ml.MulticlassClassification.EvaluateDistillation(
            Load([.. paths.Select((path, i) => new Row(folder + path, i == 0 ? "anger" : "joy", [score, 1 - score]))]), Student);

        var combined = DistillationReport.Combine([
            Evaluate("/data/", 0.6f, files), Evaluate(@"C:\other place\", 0.7f, files.Reverse().Select(path => path.Replace('/', '\\'))), Evaluate("", 0.8f, files)]);

        Assert.Equal((3, 9), (combined.Images, combined.Tests));
        Assert.Equal(3, combined.LargestLosses.Count);
    }

    [Fact]
    public void Folds_agree_on_images_where_each_class_has_a_folder()
    {
        Row[] rows = [new("/data/awe/1.jpg", "anger", [0.6f, 0.4f]), new("/data/joy/1.jpg", "joy", [0.6f, 0.4f])];
        var keys = Map.Fit(_ml.Data.LoadFromEnumerable(rows));
        DistillationReport Evaluate(params Row[] tested) =>
            _ml.MulticlassClassification.EvaluateDistillation(keys.Transform(_ml.Data.LoadFromEnumerable(tested)), Student);

        // The second run tests images of one folder alone.
        Assert.Equal(2, DistillationReport.Combine([Evaluate(rows), Evaluate(rows[0])]).Images);
    }

    // The identity is a hash of "class/file.jpg" where each class has a folder, as reports that are stored hold it.
    [Fact]
    public void The_identity_of_an_image_is_the_hash_of_its_class_and_file()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new Row("/data/awe/1.jpg", "anger", []), new Row("/data/joy/1.jpg", "joy", [])]);
        using var identity = new VisualSentiment.Evaluation.ImageIdentity(data, data.Schema["Label"]);

        Assert.True(identity.MoveNext());
        Assert.Equal(RowContent.Hash("awe/1.jpg", seed: 0), identity.Current);
    }

    [Fact]
    public void Rows_without_path_text_or_bytes_are_identified_by_their_row_ids()
    {
        IDataView data = _ml.Transforms.DropColumns("ImagePath").Fit(Load(new Row("a", "anger", [0.6f, 0.4f]))).Transform(
            Load(new Row("a", "anger", [0.6f, 0.4f]), new Row("a", "joy", [0.6f, 0.4f])));

        Assert.Equal(2, _ml.MulticlassClassification.EvaluateDistillation(data, Student).Images);
    }

    [Fact]
    public void Training_diagnostics_explain_why_distillation_did_not_help()
    {
        IDataView data = Load(
            new Row("1.jpg", "anger", student: [0.6f, 0.4f], teacher: [0.6f, 0.4f], hard: [0.6f, 0.4f]),
            new Row("2.jpg", "joy", student: [0.6f, 0.4f], teacher: [0.6f, 0.4f], hard: [0.6f, 0.4f]));
        IDataView training = Load(new Row("3.jpg", "anger", [0.999f, 0.001f]), new Row("4.jpg", "joy", [0.001f, 0.999f]));

        var report = _ml.MulticlassClassification.EvaluateDistillation(data, Student, Teacher, HardLabels, options: new()
        {
            Temperature = 100,
            TeacherTrainingScores = Student.Transform(training),
            History = [new(1, 2, null, TimeSpan.Zero), new(2, 1.5, null, TimeSpan.Zero)],
        });

        Assert.Equal(Enum.GetValues<DistillationFindingKind>(), report.Findings.Select(finding => finding.Kind));
    }

    [Fact]
    public void Polarities_can_be_passed()
    {
        IDataView data = Load(new Row("1.jpg", "here", [0.6f, 0.4f]), new Row("2.jpg", "there", [0.6f, 0.4f]));

        DistillationReport without = _ml.MulticlassClassification.EvaluateDistillation(data, Student);
        Assert.Null(without.Student.PolarityAccuracy);
        Assert.Equal(["here", "there"], without.ClassesWithoutPolarity);
        Assert.Equal(0.5, _ml.MulticlassClassification.EvaluateDistillation(data, Student, options: new()
        {
            Polarities = new Dictionary<string, Polarity> { ["here"] = Polarity.Positive, ["there"] = Polarity.Negative },
        }).Student.PolarityAccuracy);
    }

    [Fact]
    public void Every_reason_why_models_cannot_be_compared_is_listed()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new Row("j/1.jpg", "joy", [0.6f, 0.4f]), new Row("a/1.jpg", "anger", [0.6f, 0.4f])]);
        ITransformer byValue = Map.Append(_ml.Transforms.CopyColumns("Score", "Student")).Fit(data);
        ITransformer byOccurrence = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.CopyColumns("Score", "Student")).Fit(data);

        var e = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(data, byValue, byOccurrence,
            new DelegateTransformer(rows => rows), options: new() { Polarities = new Dictionary<string, Polarity> { ["calm"] = Polarity.Positive } }));

        Assert.Contains("the student on hard labels: there is no column 'Score'; the columns are ImagePath, Label", e.Message, StringComparison.Ordinal);
        Assert.Contains("the teacher has other classes than the student, or another order: joy, anger and anger, joy", e.Message, StringComparison.Ordinal);
        Assert.Contains("polarities: 'calm' is none of the classes anger, joy", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_label_column_is_named() => Assert.Contains("no label column 'Mood'",
        Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(Load(new Row("1.jpg", "joy", [1, 0])), Student, labelColumnName: "Mood")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Scores_that_are_no_probabilities_are_rejected_with_row_and_numbers()
    {
        IDataView data = Load(new Row("1.jpg", "anger", [0.6f, 0.4f]), new Row("2.jpg", "joy", [2.5f, -1]));

        var e = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(data, Student));
        Assert.Contains("The scores of the student in row 1 are no probabilities: 2.5, -1 (sum 1.5)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_that_is_not_a_number_is_rejected() => Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(
        Load(new Row("1.jpg", "anger", [float.NaN, 1]), new Row("2.jpg", "joy", [1, 0])), Student));

    [Fact]
    public void A_label_that_is_no_class_of_the_models_is_rejected()
    {
        var keys = Map.Fit(_ml.Data.LoadFromEnumerable([new Row("1.jpg", "anger", [1, 0]), new Row("2.jpg", "joy", [1, 0])]));
        IDataView data = keys.Transform(_ml.Data.LoadFromEnumerable([new Row("3.jpg", "calm", [1, 0])]));

        var e = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(data, Student));
        Assert.Contains("Row 0 has no label; the student knows the classes anger, joy", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_drops_or_swaps_rows_is_rejected()
    {
        Row[] rows = [new("1.jpg", "anger", [1, 0], [1, 0]), new("2.jpg", "joy", [1, 0], [1, 0]), new("3.jpg", "joy", [1, 0], [1, 0])];
        IDataView data = Load(rows);
        var drops = new DelegateTransformer(input => Teacher.Transform(_ml.Data.TakeRows(input, 2)));
        var swaps = new DelegateTransformer(_ => Teacher.Transform(Load(rows[1], rows[0], rows[2])));

        Assert.Contains("From row 2 on", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(data, Student, drops)).Message, StringComparison.Ordinal);
        Assert.Contains("From row 0 on", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(data, Student, swaps)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_rows_is_rejected()
    {
        IDataView none = Map.Fit(_ml.Data.LoadFromEnumerable([new Row("1.jpg", "anger", [1, 0]), new Row("2.jpg", "joy", [1, 0])]))
            .Transform(_ml.Data.LoadFromEnumerable<Row>([]));

        Assert.Contains("no images",
            Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateDistillation(none, Student)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_impossible_temperature_is_rejected(double temperature) => Assert.Throws<ArgumentOutOfRangeException>(() =>
        _ml.MulticlassClassification.EvaluateDistillation(Load(new Row("1.jpg", "joy", [1, 0])), Student, options: new() { Temperature = temperature }));

    private ColumnCopyingTransformer Student => Copy("Student");

    private ColumnCopyingTransformer Teacher => Copy("Teacher");

    private ColumnCopyingTransformer HardLabels => Copy("HardLabels");

    private ValueToKeyMappingEstimator Map =>
        _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);

    private ColumnCopyingTransformer Copy(string column) => _ml.Transforms.CopyColumns("Score", column).Fit(_ml.Data.LoadFromEnumerable<Row>([]));

    private IDataView Load(params Row[] rows)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        return Map.Fit(data).Transform(data);
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Row
    {
        public Row()
        {
        }

        public Row(string imagePath, string label, float[] student, float[]? teacher = null, float[]? hard = null)
        {
            ImagePath = imagePath;
            Label = label;
            Student = student;
            Teacher = teacher ?? student;
            HardLabels = hard ?? student;
        }

        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";

        [VectorType(2)]
        public float[] Student { get; set; } = [];

        [VectorType(2)]
        public float[] Teacher { get; set; } = [];

        [VectorType(2)]
        public float[] HardLabels { get; set; } = [];
    }
}
