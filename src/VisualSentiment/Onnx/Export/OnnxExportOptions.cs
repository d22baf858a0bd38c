using System.Globalization;
using Microsoft.ML;
using VisualSentiment.Quantization;

namespace VisualSentiment;

/// <summary>How a student is written as an ONNX file.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Weights and activations as 8-bit integers instead of 32-bit floats: about a quarter of the size and, on processors
    /// with 8-bit arithmetic, several times the speed. Inputs, outputs and metadata stay the same.
    /// </summary>
    /// <value>false.</value>
    public bool Quantize { get; init; }

    /// <summary>
    /// How many percentage points of accuracy quantization may cost, from 0 to 100; where it costs more, nothing is written.
    /// It is measured on up to 384 images: of <see cref="CalibrationData"/>, else those that training held back for
    /// validation, else of those it trained on. Where labels are not known, every image that is put into another class
    /// counts as lost.
    /// </summary>
    /// <value>1.</value>
    public double MaxAccuracyLoss { get; init; } = 1;

    /// <summary>
    /// The images that quantization computes ranges from, in a column of the name the student was trained with; some
    /// hundred like those that will be predicted. Null takes the images that <see
    /// cref="KnowledgeDistillationOptions.KeepCalibrationImages"/> kept.
    /// </summary>
    /// <value>null.</value>
    public IDataView? CalibrationData { get; init; }

    /// <summary>The column of <see cref="CalibrationData"/> with the names of classes (text or keys); it may be missing.</summary>
    /// <value>Label.</value>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// Adds the output <c>evidence</c> float [N, C, H, W]: what the student says of every part of the image alone, in
    /// at most 14 x 14 cells; the mean of a class's map is its logit where the network ends in one dense layer. For other runtimes:
    /// <see cref="SentimentDetector.Explain(string)"/> does without it. ONNX Runtime computes it whether or not it is asked for,
    /// at up to a quarter of the time of an image; this library leaves it out of predictions.
    /// </summary>
    /// <value>false.</value>
    public bool EvidenceMaps { get; init; }

    /// <summary>Stops quantization with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">An option is wrong; all that are wrong are listed.</exception>
    internal void ThrowIfInvalid()
    {
        string[] errors = [.. FindErrors()];
        if (errors.Length > 0)
            throw new ArgumentException($"The options have {errors.Length} {(errors.Length == 1 ? "error" : "errors")}:"
                + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")));
    }

    private IEnumerable<string> FindErrors()
    {
        if (MaxAccuracyLoss is not (>= 0 and <= 100))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(MaxAccuracyLoss)} is {MaxAccuracyLoss}; it must be from 0 to 100 percentage points");
        if (CalibrationData is not null && !Quantize)
            yield return $"{nameof(CalibrationData)} is given, but {nameof(Quantize)} is false; set it, or leave the images out";
        if (string.IsNullOrWhiteSpace(LabelColumnName))
            yield return $"{nameof(LabelColumnName)} is empty";
    }
}
