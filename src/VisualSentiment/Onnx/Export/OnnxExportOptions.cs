using Microsoft.ML;
using VisualSentiment.Common;

namespace VisualSentiment;

/// <summary>Options for exporting a student to ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Gets whether weights and activations are quantized to 8-bit integers, which reduces the file to between a quarter
    /// and a third. Inputs, outputs and metadata do not change.
    /// </summary>
    /// <value>Default: false.</value>
    public bool Quantize { get; init; }

    /// <summary>
    /// Gets the maximum accuracy loss of quantization in percentage points, from 0 to 100. If the loss is larger, the
    /// export fails and nothing is written. It is measured on up to 384 images: of <see cref="CalibrationData"/>, else
    /// of the validation part, else of the training images. Without labels, it is the share of images whose predicted
    /// class changes.
    /// </summary>
    /// <value>Default: 1.</value>
    public double MaxAccuracyLoss { get; init; } = 1;

    /// <summary>
    /// Gets the images from which quantization computes the ranges of activations: several hundred images similar to
    /// those to predict, in a column with the same name as in training.
    /// </summary>
    /// <value>
    /// Default: null, which uses the images kept by <see cref="KnowledgeDistillationOptions.KeepCalibrationImages"/>.
    /// </value>
    public IDataView? CalibrationData { get; init; }

    /// <summary>
    /// Gets the optional column of class names (text or keys) in <see cref="CalibrationData"/>.
    /// </summary>
    /// <value>Default: Label.</value>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// Gets whether to add the output <c>evidence</c>, float [N, C, H, W]: the logits of each class per image region,
    /// in at most 14 x 14 cells. If the network ends in one dense layer, the mean of a class's map is its logit. The
    /// output is for use without this library; <see cref="SentimentDetector.Explain(string)"/> does not need it. ONNX
    /// Runtime computes it in every run, which adds up to a quarter to the time per image; the predictions of this
    /// library do not compute it.
    /// </summary>
    /// <value>Default: false.</value>
    public bool EvidenceMaps { get; init; }

    /// <summary>
    /// Gets whether to write <c>labels.json</c> beside the model: the classes in the order of the scores, the
    /// preprocessing, and the names, types and shapes of input and outputs, for clients in other languages. An existing
    /// <c>labels.json</c> is replaced. A model that is written to a stream cannot have it.
    /// </summary>
    /// <value>Default: false.</value>
    public bool WriteLabels { get; init; }

    /// <summary>Gets the token that stops quantization with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    internal void ThrowIfInvalid() => OptionErrors.ThrowIfAny(
    [
        OptionErrors.Range(nameof(MaxAccuracyLoss), MaxAccuracyLoss, 0, 100, " percentage points"),
        CalibrationData is not null && !Quantize
            ? $"{nameof(CalibrationData)} is set, but {nameof(Quantize)} is false; set it, or remove the images" : null,
        string.IsNullOrWhiteSpace(LabelColumnName) ? $"{nameof(LabelColumnName)} is empty" : null,
    ]);
}
