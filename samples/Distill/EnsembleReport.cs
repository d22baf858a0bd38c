namespace Distill;

/// <summary>What averaging several students brings and costs.</summary>
/// <param name="StudentAccuracies">The accuracies of the students on the test images, 0 to 1.</param>
/// <param name="Accuracy">That of the ensemble.</param>
/// <param name="StudentMilliseconds">From a file to a prediction: the median over test images, one student.</param>
/// <param name="Milliseconds">The same, the ensemble; measured in turn.</param>
/// <param name="StudentBytes">The size of one student's file.</param>
/// <param name="Bytes">The size of the ensemble's.</param>
internal sealed record EnsembleReport(
    IReadOnlyList<double> StudentAccuracies, double Accuracy, double StudentMilliseconds, double Milliseconds, long StudentBytes, long Bytes)
{
    public const string FileName = "ensemble.onnx";
}
