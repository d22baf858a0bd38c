namespace VisualSentiment.Teaching;

/// <summary>Has one row of logits for each labeled image, however that is looked at; it knows nothing of other images.</summary>
/// <param name="logits">[N, C].</param>
/// <param name="classes">C.</param>
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
