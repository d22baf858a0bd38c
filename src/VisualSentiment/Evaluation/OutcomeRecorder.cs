using System.Buffers;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Evaluation;

/// <summary>Counts one run, test by test. Besides nine bytes an image it keeps nothing that grows.</summary>
/// <param name="classes">The names of the C classes, in the order of the scores.</param>
/// <param name="polarities">Polarities beside the known ones; null for none.</param>
/// <param name="temperature">The temperature of the distillation; null where it is not known.</param>
/// <param name="maxExamples">How many of the images with the largest loss are kept, and as many with the largest divergence.</param>
internal sealed class OutcomeRecorder(IReadOnlyList<string> classes, IReadOnlyDictionary<string, Polarity>? polarities = null, double? temperature = null, int maxExamples = 0)
{
    private const double MinProbability = 1e-15;

    private readonly PolarityMap _polarities = new(classes, polarities);
    private readonly ArrayBufferWriter<byte> _images = new();
    private readonly ModelTally _student = ModelTally.Empty(classes.Count);
    private ModelTally? _teacher;
    private ModelTally? _hardLabels;
    private readonly LargestImages _losses = new(maxExamples, image => image.Loss);
    private readonly LargestImages _divergences = new(maxExamples, image => image.Divergence ?? 0);
    private SoftTargetEntropy _entropy;
    private long _row;
    private int _agreeing;
    private double _divergence;

    /// <summary>Counts one test of one image. The same models are given every time.</summary>
    /// <param name="image">Tells the image from others, the same in every run that tests it.</param>
    /// <param name="label">The class of the image, from 0.</param>
    /// <param name="student">The student's C probabilities.</param>
    /// <param name="teacher">The teacher's; empty where there is none.</param>
    /// <param name="hardLabels">Those of the student on hard labels; empty where there is none.</param>
    /// <param name="readName">Reads the image's path, asked for images that are kept only; null where it has none.</param>
    public void Add(ulong image, int label, ReadOnlySpan<float> student, ReadOnlySpan<float> teacher = default, ReadOnlySpan<float> hardLabels = default,
        Func<string?>? readName = null)
    {
        double loss = -Math.Log(Math.Max(student[label], MinProbability));
        double? divergence = null;
        CorrectModels right = _student.Add(label, student, _polarities) ? CorrectModels.Student : CorrectModels.None;
        if (!teacher.IsEmpty)
        {
            _teacher ??= ModelTally.Empty(classes.Count);
            right |= _teacher.Add(label, teacher, _polarities) ? CorrectModels.Teacher : CorrectModels.None;
            _agreeing += ArgMax.Of(teacher) == ArgMax.Of(student) ? 1 : 0;
            divergence = Divergence(teacher, student);
            _divergence += divergence.Value;
            if (temperature is { } t)
                _entropy.Add(teacher, t);
        }
        if (!hardLabels.IsEmpty)
        {
            _hardLabels ??= ModelTally.Empty(classes.Count);
            right |= _hardLabels.Add(label, hardLabels, _polarities) ? CorrectModels.HardLabels : CorrectModels.None;
        }
        new ImageOutcome(image, right).Write(_images);
        Keep(image, label, loss, divergence, student, teacher, hardLabels, readName);
        _row++;
    }

    private void Keep(ulong image, int label, double loss, double? divergence,
        ReadOnlySpan<float> student, ReadOnlySpan<float> teacher, ReadOnlySpan<float> hardLabels,
        Func<string?>? readName)
    {
        bool isLossLarge = _losses.Takes(loss), isDivergenceLarge = divergence is { } apart && _divergences.Takes(apart);
        if (!isLossLarge && !isDivergenceLarge)
            return;
        var tested = new TestedImage
        {
            Path = readName?.Invoke(),
            Row = _row,
            Identity = image,
            Label = classes[label],
            Loss = loss,
            Divergence = divergence,
            Student = student.ToArray(),
            Teacher = teacher.IsEmpty ? null : teacher.ToArray(),
            HardLabelStudent = hardLabels.IsEmpty ? null : hardLabels.ToArray(),
        };
        if (isLossLarge)
            _losses.Add(tested);
        if (isDivergenceLarge)
            _divergences.Add(tested);
    }

    /// <summary>The report of this run.</summary>
    /// <param name="diagnostics">What is known of the training. Soft targets it knows nothing of are judged by the teacher's scores of the test images.</param>
    /// <param name="curves">How the networks were trained.</param>
    public DistillationReport ToReport(TrainingDiagnostics? diagnostics = null, TrainingCurves? curves = null)
    {
        diagnostics ??= new TrainingDiagnostics();
        return new DistillationReport(classes, [new RunResult
        {
            Teacher = _teacher,
            Student = _student,
            HardLabels = _hardLabels,
            Agreeing = _agreeing,
            DivergenceSum = _divergence,
            Images = _images.WrittenSpan.ToArray(),
            ClassesWithoutPolarity = _polarities.Unknown,
            LargestLosses = _losses.ToArray(),
            LargestDivergences = _divergences.ToArray(),
            Curves = curves ?? new TrainingCurves(),
            Diagnostics = diagnostics with { Temperature = temperature, SoftTargetEntropy = diagnostics.SoftTargetEntropy ?? _entropy.Mean },
        }]);
    }

    /// <summary>KL(p || q) in nats; a q below 1e-15 counts as that.</summary>
    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
            if (p[i] > 0)
                sum += p[i] * Math.Log(p[i] / Math.Max(q[i], MinProbability));
        return sum;
    }
}
