namespace VisualSentiment.Training;

/// <summary>Is shown the pixels of one view of a slice, as the network sees them.</summary>
/// <param name="index">Which view of the slice.</param>
/// <param name="pixels">Its pixels; overwritten after the call.</param>
internal delegate void PixelsSeen(int index, ReadOnlySpan<byte> pixels);
