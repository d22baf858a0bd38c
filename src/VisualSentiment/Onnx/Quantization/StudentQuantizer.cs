using System.Runtime.ExceptionServices;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// Static quantisation of an exported student: convolutions compute on bytes, with ranges from pictures it was trained on.
/// Input and outputs stay as they are. The same model and pictures give the same bytes.
/// </summary>
internal static class StudentQuantizer
{
    /// <summary>The bytes of the quantised model, which costs no more accuracy than allowed.</summary>
    /// <exception cref="InvalidOperationException">It costs more.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static byte[] Quantize(byte[] floatModel, CalibrationPictures pictures, OnnxExportOptions options)
    {
        byte[] quantized = Quantize(floatModel, pictures, options.CancellationToken);
        QuantizationCost.Measure(floatModel, quantized, pictures, options.CancellationToken).ThrowIfAbove(options.MaxAccuracyLoss);
        return quantized;
    }

    /// <summary>The bytes of the quantised model.</summary>
    /// <param name="floatModel">The bytes of a student that is not quantised yet.</param>
    /// <param name="pictures">The pictures that ranges come from.</param>
    /// <param name="cancellation">Stops with an <see cref="OperationCanceledException"/>.</param>
    public static byte[] Quantize(byte[] floatModel, CalibrationPictures pictures, CancellationToken cancellation)
    {
        var model = ModelProto.Parser.ParseFrom(floatModel);
        ReluBeforePooling.Apply(model.Graph);
        var plan = new QuantizationPlan(model.Graph);
        try
        {
            QuantizedGraphWriter.Write(model.Graph, plan, ActivationCalibrator.Observe(model, plan.Observed, pictures, cancellation),
                pictures.ComputeMeans());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        ShortNames.Give(model.Graph);
        var info = OnnxModelInfo.Read(floatModel, "student") with { Quantization = OnnxModelInfo.EightBit };
        model.MetadataProps.Clear();
        model.MetadataProps.Add(info.ToMetadata(info.LibraryVersion!).Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return ModelDigest.Seal(model);
    }
}
