namespace VisualSentiment.Inference;

/// <summary>The evidence maps of all classes.</summary>
/// <param name="Width">The number of columns.</param>
/// <param name="Height">The number of rows.</param>
/// <param name="Values">[C, Height, Width], in logits.</param>
internal sealed record EvidenceGrid(int Width, int Height, float[] Values)
{
    public int Cells => Width * Height;

    /// <summary>The map of one class, row by row.</summary>
    public ReadOnlySpan<float> Of(int index) => Values.AsSpan(index * Cells, Cells);
}
