namespace Distill;

/// <summary>One network of the comparison.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Accuracy">The share of test images whose label it puts first, 0 to 1.</param>
/// <param name="Parameters">How many parameters it has.</param>
/// <param name="Seconds">How long its training took, decoding included.</param>
/// <param name="MillisecondsPerImage">How long an image takes, decoding included; null where it was not measured.</param>
internal sealed record NetworkReport(string Name, double Accuracy, long Parameters, double Seconds, double? MillisecondsPerImage);
