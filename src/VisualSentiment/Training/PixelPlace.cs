namespace VisualSentiment.Training;

/// <summary>Where the pixels of a picture stand.</summary>
internal readonly record struct PixelPlace(IndexedPack Pack, int Slot);
