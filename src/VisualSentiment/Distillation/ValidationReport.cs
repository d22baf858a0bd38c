using VisualSentiment.Evaluation;
using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment.Distillation;

/// <summary>Reports on a distillation by the images of the validation part.</summary>
internal static class ValidationReport
{
    /// <param name="set">The set with its validation part.</param>
    /// <param name="student">The exported student.</param>
    /// <param name="teacher">Its teacher; null for none.</param>
    /// <param name="temperature">The temperature of the distillation; null for none.</param>
    /// <param name="history">The student's epochs.</param>
    /// <param name="cancellation">Cancels the evaluation.</param>
    public static DistillationReport Create(TrainingSet set, byte[] student, PreparedTeacher? teacher,
        double? temperature, IReadOnlyList<EpochResult> history, CancellationToken cancellation)
    {
        using var distilled = new OnnxClassifier(student, "student");
        int classes = set.Classes.Count;
        var recorder = new OutcomeRecorder(set.Classes, temperature: temperature);
        float[] scores = new float[classes];
        float[] teacherLogits = teacher is null ? [] : new float[classes];
        using var pause = new FinalizerPause();
        foreach (int image in set.ValidationPart)
        {
            cancellation.ThrowIfCancellationRequested();
            // A network teacher computes with libtorch.
            if (teacher is { IsConcurrent: false })
                pause.BeforeStep();
            ReadOnlySpan<byte> pixels = set.Pixels[image];
            distilled.Score(pixels, 1, scores);
            if (teacher is not null)
            {
                teacher.ComputeLogits([image], pixels, teacherLogits);
                Probabilities.FromLogits(teacherLogits, classes);
            }
            recorder.Add((ulong)TeacherCache.KeyOf(pixels), set.Labels[image], scores, teacherLogits, []);
        }
        return recorder.ToReport(new TrainingDiagnostics { LateLossFall = Findings.LateLossFall(history) }, new TrainingCurves { Student = history });
    }
}
