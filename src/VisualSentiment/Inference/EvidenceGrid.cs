namespace VisualSentiment.Inference;

/// <summary>The maps of all classes.</summary>
/// <param name="Width">Cells from left to right.</param>
/// <param name="Height">Cells from top to bottom.</param>
/// <param name="Values">[C, Height, Width], in logits.</param>
internal sealed record EvidenceGrid(int Width, int Height, float[] Values)
{
    public int Cells => Width * Height;

    /// <summary>The map of one class, row by row.</summary>
    public ReadOnlySpan<float> Of(int index) => Values.AsSpan(index * Cells, Cells);
}
