using System.Buffers;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>Counts one run, test by test, in nine bytes per test.</summary>
/// <param name="classes">The names of the C classes, in the order of the scores.</param>
/// <param name="polarities">Additional polarities; null for none.</param>
/// <param name="temperature">The temperature of the distillation; null if it is unknown.</param>
/// <param name="maxExamples">The number of images to keep with the largest loss or divergence.</param>
internal sealed class OutcomeRecorder(
    IReadOnlyList<string> classes, IReadOnlyDictionary<string, Polarity>? polarities = null,
    double? temperature = null, int maxExamples = 0)
{
    private const double MinProbability = 1e-15;

    private readonly PolarityMap _polarities = new(classes, polarities);
    private readonly ArrayBufferWriter<byte> _images = new();
    private readonly ModelTally _student = ModelTally.Empty(classes.Count);
    private readonly LargestImages _losses = new(maxExamples, image => image.Loss);
    private readonly LargestImages _divergences = new(maxExamples, image => image.Divergence ?? 0);
    private ModelTally? _teacher, _hardLabels, _pretrained;
    private SoftTargetEntropy _entropy;
    private long _row;
    private int _agreeing;
    private double _divergence;

    /// <summary>Counts one test. Every call must have the same models.</summary>
    /// <param name="image">Identifies the image, the same in every run.</param>
    /// <param name="label">The class of the image, from 0.</param>
    /// <param name="student">The student's C probabilities.</param>
    /// <param name="teacher">The teacher's; empty for none.</param>
    /// <param name="hardLabels">Those of the student on hard labels; empty for none.</param>
    /// <param name="pretrained">Those of the pretrained student on hard labels; empty for none.</param>
    /// <param name="readName">Reads the image's path. Called only for images in the report; null for no path.</param>
    public void Add(ulong image, int label, ReadOnlySpan<float> student, ReadOnlySpan<float> teacher = default,
        ReadOnlySpan<float> hardLabels = default, ReadOnlySpan<float> pretrained = default,
        Func<string?>? readName = null)
    {
        double loss = -Math.Log(Math.Max(student[label], MinProbability));
        double? divergence = null;
        CorrectModels correct = _student.Add(label, student, _polarities) ? CorrectModels.Student : CorrectModels.None;
        if (!teacher.IsEmpty)
        {
            _teacher ??= ModelTally.Empty(classes.Count);
            correct |= _teacher.Add(label, teacher, _polarities) ? CorrectModels.Teacher : CorrectModels.None;
            _agreeing += ArgMax.Of(teacher) == ArgMax.Of(student) ? 1 : 0;
            divergence = Divergence(teacher, student);
            _divergence += divergence.Value;
            if (temperature is { } t)
                _entropy.Add(teacher, t);
        }
        if (!hardLabels.IsEmpty)
        {
            _hardLabels ??= ModelTally.Empty(classes.Count);
            correct |= _hardLabels.Add(label, hardLabels, _polarities) ? CorrectModels.HardLabels : CorrectModels.None;
        }
        if (!pretrained.IsEmpty)
        {
            _pretrained ??= ModelTally.Empty(classes.Count);
            correct |= _pretrained.Add(label, pretrained, _polarities) ? CorrectModels.PretrainedHardLabels
                : CorrectModels.None;
        }
        new ImageOutcome(image, correct).Write(_images);

        bool isLossLarge = _losses.Takes(loss);
        bool isDivergenceLarge = divergence is { } value && _divergences.Takes(value);
        if (isLossLarge || isDivergenceLarge)
        {
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
        _row++;
    }

    /// <summary>Creates the report of this run.</summary>
    /// <param name="diagnostics">
    /// Measurements of the training. If the entropy of the soft targets is unknown, that of the teacher's scores of the
    /// test images replaces it.
    /// </param>
    /// <param name="curves">The epochs of the networks.</param>
    /// <param name="options">The recipe and the settings of the run; null for none.</param>
    /// <param name="drawEvidence">See <see cref="DistillationReport.DrawEvidence"/>.</param>
    public DistillationReport ToReport(TrainingDiagnostics? diagnostics = null, TrainingCurves? curves = null,
        DistillationEvaluationOptions? options = null, Func<byte[], byte[]?>? drawEvidence = null)
    {
        diagnostics ??= new TrainingDiagnostics();
        options ??= new DistillationEvaluationOptions();
        return new DistillationReport(classes, [new RunResult
        {
            Teacher = _teacher,
            Student = _student,
            HardLabels = _hardLabels,
            PretrainedHardLabels = _pretrained,
            Agreeing = _agreeing,
            DivergenceSum = _divergence,
            Images = _images.WrittenSpan.ToArray(),
            ClassesWithoutPolarity = _polarities.Unknown,
            LargestLosses = _losses.ToArray(),
            LargestDivergences = _divergences.ToArray(),
            Curves = curves ?? new TrainingCurves(),
            Diagnostics = diagnostics with
            {
                Temperature = temperature,
                SoftTargetEntropy = diagnostics.SoftTargetEntropy ?? _entropy.Mean,
            },
        }])
        {
            Recipe = options.Recipe,
            Settings = options.Settings,
            DrawEvidence = drawEvidence,
        };
    }

    /// <summary>KL(p || q) in nats.</summary>
    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
            if (p[i] > 0)
                sum += p[i] * Math.Log(p[i] / Math.Max(q[i], MinProbability));
        return sum;
    }
}
