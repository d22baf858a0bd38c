namespace Distill;

/// <summary>One network of the comparison.</summary>
/// <param name="Name">The name.</param>
/// <param name="Accuracy">The share of test images for which the label is predicted, 0 to 1.</param>
/// <param name="Parameters">The number of parameters.</param>
/// <param name="Seconds">The training time, including decoding.</param>
/// <param name="MillisecondsPerImage">The time per image, including decoding; null if it was not measured.</param>
internal sealed record NetworkReport(string Name, double Accuracy, long Parameters, double Seconds, double? MillisecondsPerImage);
