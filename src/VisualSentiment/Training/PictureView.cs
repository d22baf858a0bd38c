namespace VisualSentiment.Training;

/// <summary>One way to look at one picture of a training set: 0 is the only view where pictures are not augmented.</summary>
internal readonly record struct PictureView(int Picture, int View);
