namespace Distill;

/// <summary>The accuracy and cost of the average of several students.</summary>
/// <param name="StudentAccuracies">The accuracies of the students on the test images, 0 to 1.</param>
/// <param name="Accuracy">The accuracy of the ensemble.</param>
/// <param name="StudentMilliseconds">The median time from a file to a prediction over test images, one student.</param>
/// <param name="Milliseconds">The same for the ensemble, measured in turn.</param>
/// <param name="StudentBytes">The size of one student's file.</param>
/// <param name="Bytes">The size of the ensemble's file.</param>
internal sealed record EnsembleReport(
    IReadOnlyList<double> StudentAccuracies, double Accuracy, double StudentMilliseconds, double Milliseconds, long StudentBytes, long Bytes)
{
    public const string FileName = "ensemble.onnx";
}
