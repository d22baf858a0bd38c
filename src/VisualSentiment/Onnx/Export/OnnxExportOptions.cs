using Microsoft.ML;
using VisualSentiment.Common;

namespace VisualSentiment;

/// <summary>Options for exporting a student to ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Gets whether weights and activations are quantized to 8-bit integers: about a quarter of the size and, on
    /// processors with 8-bit arithmetic, several times the speed. Inputs, outputs and metadata do not change.
    /// </summary>
    /// <value>false.</value>
    public bool Quantize { get; init; }

    /// <summary>
    /// Gets the maximum accuracy loss of quantization in percentage points, from 0 to 100; above it, nothing is written.
    /// The loss is measured on up to 384 images: of <see cref="CalibrationData"/>, else of the validation part of the
    /// training, else of its training images. Without labels, every image with another predicted class counts as a loss.
    /// </summary>
    /// <value>1.</value>
    public double MaxAccuracyLoss { get; init; } = 1;

    /// <summary>
    /// Gets the images that quantization computes ranges from, in a column with the name used in training; some hundred
    /// images like those to predict. Null uses the images from <see
    /// cref="KnowledgeDistillationOptions.KeepCalibrationImages"/>.
    /// </summary>
    /// <value>null.</value>
    public IDataView? CalibrationData { get; init; }

    /// <summary>Gets the column of <see cref="CalibrationData"/> with class names (text or keys); it may be missing.</summary>
    /// <value>Label.</value>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// Gets whether to add the output <c>evidence</c> float [N, C, H, W]: the logits of every part of the image, in at
    /// most 14 x 14 cells; the mean of a class's map is its logit if the network ends in one dense layer. It is meant
    /// for other runtimes: <see cref="SentimentDetector.Explain(string)"/> does not need it. ONNX Runtime always
    /// computes it, which adds up to a quarter of the time per image; this library does not compute it in predictions.
    /// </summary>
    /// <value>false.</value>
    public bool EvidenceMaps { get; init; }

    /// <summary>Gets the token that stops quantization with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">Options are invalid; the message lists all errors.</exception>
    internal void ThrowIfInvalid() => OptionErrors.ThrowIfAny(
    [
        OptionErrors.Range(nameof(MaxAccuracyLoss), MaxAccuracyLoss, 0, 100, " percentage points"),
        CalibrationData is not null && !Quantize
            ? $"{nameof(CalibrationData)} is set, but {nameof(Quantize)} is false; set it, or remove the images" : null,
        string.IsNullOrWhiteSpace(LabelColumnName) ? $"{nameof(LabelColumnName)} is empty" : null,
    ]);
}
