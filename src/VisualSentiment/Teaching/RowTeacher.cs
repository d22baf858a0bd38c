namespace VisualSentiment.Teaching;

/// <summary>Has one row of logits for each labelled picture, however that is looked at; it knows nothing of other pictures.</summary>
/// <param name="logits">[N, C].</param>
/// <param name="classes">C.</param>
internal sealed class RowTeacher(float[] logits, int classes) : ReadyTeacher(classes)
{
    public override bool LooksAtPixels => false;

    public override void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> values)
    {
        for (int i = 0; i < pictures.Length; i++)
            logits.AsSpan(pictures[i] * Classes, Classes).CopyTo(values[(i * Classes)..]);
    }

    public override void Dispose()
    {
    }
}
