namespace Distill;

/// <summary>What 8-bit integers make of the distilled student.</summary>
/// <param name="Accuracy">Its accuracy on the test images, 0 to 1; null where it was refused.</param>
/// <param name="FloatAccuracy">That of the student with 32-bit floats.</param>
/// <param name="Bytes">The size of its file; null where it was refused.</param>
/// <param name="FloatBytes">The size of the file with 32-bit floats.</param>
/// <param name="Refused">Why it was not written; null where it was.</param>
internal sealed record Int8Report(double? Accuracy, double FloatAccuracy, long? Bytes, long FloatBytes, string? Refused)
{
    public const string FileName = "sentiment.int8.onnx";
}
