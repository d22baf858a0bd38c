using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A teacher whose scores are in a column of the training data.</summary>
internal sealed class ScoreColumnTeacher(string column, TeacherScoreKind kind) : Teacher
{
    public override string Name => $"the column '{column}'";

    internal override string Description => $"{Name} ({kind})";

    internal override IEnumerable<string> FindErrors() =>
        string.IsNullOrWhiteSpace(column) ? ["the teacher's score column has no name"] : [];

    internal override PreparedTeacher Prepare(TrainingSet set, TrainingRun run) =>
        PrepareScores(set, column, kind, data => data);
}

/// <summary>Fixed logits [N, C] of the labeled images, for all of their views. Other images have none.</summary>
internal sealed class PreparedScoreTeacher(float[] logits, int classes) : PreparedTeacher(classes)
{
    public override bool RequiresPixels => false;

    public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> values)
    {
        for (int i = 0; i < images.Length; i++)
            logits.AsSpan(images[i] * Classes, Classes).CopyTo(values[(i * Classes)..]);
    }

    public override void Dispose()
    {
    }
}
