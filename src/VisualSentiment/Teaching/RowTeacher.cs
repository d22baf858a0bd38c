namespace VisualSentiment.Teaching;

/// <summary>Has one row of logits for each labelled picture, however that is looked at.</summary>
/// <param name="logits">[N, C].</param>
/// <param name="classes">C.</param>
internal sealed class RowTeacher(float[] logits, int classes) : ReadyTeacher
{
    public override void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> values)
    {
        for (int i = 0; i < pictures.Length; i++)
            logits.AsSpan(pictures[i] * classes, classes).CopyTo(values[(i * classes)..]);
    }

    public override void Dispose()
    {
    }
}
