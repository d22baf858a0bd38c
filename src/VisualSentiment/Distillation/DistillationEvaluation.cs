using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Evaluation;
using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Distillation;

/// <summary>
/// Evaluates all models on the test images in one pass, row by row, so that only counts are kept in memory.
/// </summary>
internal static class DistillationEvaluation
{
    public static DistillationReport Run(IDataView data, ITransformer student, ITransformer? teacher,
        ITransformer? hardLabelStudent, ITransformer? pretrainedHardLabelStudent, string labelColumn,
        DistillationEvaluationOptions options)
    {
        SentimentTransformer? trained = FindStudent(student);
        options = options with
        {
            Recipe = options.Recipe ?? trained?.Info.Recipe,
            Settings = options.Settings.Count > 0 || trained is null ? options.Settings : trained.Info.Settings,
        };
        double? temperature = options.Temperature ?? trained?.Temperature;
        if (temperature is not (null or > 0) || temperature == double.PositiveInfinity)
            throw new ArgumentOutOfRangeException(nameof(options), temperature, "The temperature must be above 0 and finite");
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxExamples, $"{nameof(options)}.{nameof(options.MaxExamples)}");
        DataViewSchema.Column label = ClassLabelColumn.Find(data.Schema, labelColumn);

        List<string> errors = [];
        ScoredModel? Score(string role, ITransformer? model) => model is null ? null
            : ScoredModel.Find(role, model.Transform(data), labelColumn,
                FindStudent(model)?.ScoreColumn ?? ScoreColumns.Score, errors);
        ScoredModel? students = Score("the student", student), teachers = Score("the teacher", teacher),
            hard = Score("the student on hard labels", hardLabelStudent),
            pretrained = Score("the pretrained student on hard labels", pretrainedHardLabelStudent);
        ScoredModel? training = options.TeacherTrainingScores is null ? null
            : ScoredModel.Find("the teacher on training images", options.TeacherTrainingScores,
                labelColumn, ScoreColumns.Score, errors);
        if (students is not null)
        {
            errors.AddRange(new[] { teachers, hard, pretrained, training }.OfType<ScoredModel>()
                .Select(model => FindDifference(students, model)).OfType<string>());
            errors.AddRange((options.Polarities ?? new Dictionary<string, Polarity>()).Keys.Except(students.Classes)
                .Select(name => $"polarities: '{name}' is none of the classes {string.Join(", ", students.Classes)}"));
        }
        if (errors.Count > 0)
            throw new ArgumentException($"The models cannot be compared:{string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"))}");

        var recorder = new OutcomeRecorder(students!.Classes, options.Polarities, temperature, options.MaxExamples);
        using var images = new ImageIdentity(data, label);
        Record(recorder, images, students, teachers, hard, pretrained, options.CancellationToken);
        TrainingDiagnostics diagnostics = training is null ? new()
            : TeacherOnTraining(training, temperature, options.CancellationToken);
        var curves = new TrainingCurves
        {
            Teacher = HistoryOf(teacher),
            Student = options.History ?? HistoryOf(student),
            HardLabelStudent = HistoryOf(hardLabelStudent),
            PretrainedHardLabelStudent = HistoryOf(pretrainedHardLabelStudent),
        };
        return recorder.ToReport(diagnostics with { LateLossFall = Findings.LateLossFall(curves.Student) }, curves,
            options, trained is null || options.MaxExamples == 0 ? null : EvidenceOf(trained));
    }

    // The model is copied, because the student may be disposed before the page is written.
    private static Func<byte[], byte[]?> EvidenceOf(SentimentTransformer student)
    {
        using var model = new MemoryStream();
        student.SaveAsOnnx(model);
        byte[] onnx = model.ToArray();
        return encoded =>
        {
            try
            {
                using var detector = SentimentDetector.Load(onnx);
                return detector.Explain(encoded).ToOverlay();
            }
            catch (Exception e) when (e is NotSupportedException or UnreadableImageException)
            {
                return null;
            }
        };
    }

    private static void Record(OutcomeRecorder recorder, ImageIdentity images, ScoredModel students,
        ScoredModel? teachers, ScoredModel? hards, ScoredModel? pretrainedOnes, CancellationToken cancellation)
    {
        using ScoredRows student = students.Read();
        using ScoredRows? teacher = teachers?.Read(), hard = hards?.Read(), pretrained = pretrainedOnes?.Read();
        ScoredRows[] all = [.. new[] { student, teacher, hard, pretrained }.OfType<ScoredRows>()];
        int row = 0;
        for (; images.MoveNext(); row++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Array.TrueForAll(all, rows => rows.MoveNext()) || !Array.TrueForAll(all, rows => rows.Label == student.Label))
                throw OtherRows(row);
            recorder.Add(images.Current, student.Label, student.Probabilities,
                teacher is null ? [] : teacher.Probabilities, hard is null ? [] : hard.Probabilities, pretrained is null ? [] : pretrained.Probabilities,
                images.ReadPath);
        }
        if (Array.Exists(all, rows => rows.MoveNext()))
            throw OtherRows(row);
        if (row == 0)
            throw new ArgumentException("There are no images to test on");
    }

    private static ArgumentException OtherRows(int row) => new(
        $"From row {row} on, the models have other rows or labels; they must keep the rows of the data, in the same order every time it is read");

    private static TrainingDiagnostics TeacherOnTraining(
        ScoredModel scores, double? temperature, CancellationToken cancellation)
    {
        using ScoredRows rows = scores.Read();
        var entropy = new SoftTargetEntropy();
        int count = 0, correct = 0;
        double confidence = 0;
        for (; rows.MoveNext(); count++)
        {
            cancellation.ThrowIfCancellationRequested();
            int winner = ArgMax.Of(rows.Probabilities);
            correct += winner == rows.Label ? 1 : 0;
            confidence += rows.Probabilities[winner];
            if (temperature is { } t)
                entropy.Add(rows.Probabilities, t);
        }
        return count == 0 ? new() : new()
        {
            TeacherTrainingAccuracy = (double)correct / count,
            TeacherTrainingConfidence = confidence / count,
            SoftTargetEntropy = entropy.Mean,
        };
    }

    private static string? FindDifference(ScoredModel student, ScoredModel other) =>
        other.Classes.SequenceEqual(student.Classes, StringComparer.Ordinal) ? null
            : $"{other.Role} has other classes than {student.Role}, or another order: {string.Join(", ", other.Classes)} and {string.Join(", ", student.Classes)}";

    private static SentimentTransformer? FindStudent(ITransformer model) => LastStep(model) as SentimentTransformer;

    private static IReadOnlyList<EpochResult> HistoryOf(ITransformer? model) => LastStep(model) switch
    {
        SentimentTransformer student => student.History,
        TeacherTransformer teacher => teacher.History,
        _ => [],
    };

    // The model itself, or the last step of a pipeline.
    private static ITransformer? LastStep(ITransformer? model) => model is IEnumerable<ITransformer> steps ? steps.LastOrDefault() : model;
}
