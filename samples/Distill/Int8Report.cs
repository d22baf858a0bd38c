namespace Distill;

/// <summary>The distilled student with 8-bit integers.</summary>
/// <param name="Accuracy">The accuracy on the test images, 0 to 1; null if the file was not written.</param>
/// <param name="FloatAccuracy">The accuracy of the student with 32-bit floats.</param>
/// <param name="Bytes">The size of the file; null if it was not written.</param>
/// <param name="FloatBytes">The size of the file with 32-bit floats.</param>
/// <param name="Refused">Why the file was not written; null if it was.</param>
internal sealed record Int8Report(double? Accuracy, double FloatAccuracy, long? Bytes, long FloatBytes, string? Refused)
{
    public const string FileName = "sentiment.int8.onnx";
}
