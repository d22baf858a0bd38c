using System.Runtime.ExceptionServices;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Quantization;

/// <summary>
/// Static quantization of an exported student: convolutions compute on bytes, with ranges from calibration images.
/// Inputs and outputs do not change. The same model and images give the same bytes.
/// </summary>
internal static class StudentQuantizer
{
    /// <summary>Quantizes a student within the limit on the accuracy loss.</summary>
    /// <exception cref="InvalidOperationException">The accuracy loss is above the limit.</exception>
    public static byte[] Quantize(byte[] floatModel, CalibrationImages images, OnnxExportOptions options)
    {
        byte[] quantized = Quantize(floatModel, images, options.CancellationToken);
        QuantizationCost.Measure(floatModel, quantized, images, options.CancellationToken).ThrowIfAbove(options.MaxAccuracyLoss);
        return quantized;
    }

    /// <summary>Quantizes a student.</summary>
    /// <param name="floatModel">The float student.</param>
    /// <param name="images">The calibration images.</param>
    /// <param name="cancellation">Stops with an <see cref="OperationCanceledException"/>.</param>
    public static byte[] Quantize(byte[] floatModel, CalibrationImages images, CancellationToken cancellation)
    {
        var model = ModelProto.Parser.ParseFrom(floatModel);
        MoveReluBeforePooling(model.Graph);
        var plan = new QuantizationPlan(model.Graph);
        try
        {
            QuantizedGraphWriter.Write(model.Graph, plan, ActivationCalibrator.Observe(model, plan.Observed, images, cancellation));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        var info = OnnxModelInfo.Read(floatModel, "student") with { Quantization = OnnxModelInfo.EightBit };
        model.MetadataProps.Clear();
        model.MetadataProps.Add(info.ToMetadata(info.LibraryVersion!).Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return ModelDigest.Seal(model);
    }

    // An equivalent graph: after a convolution, quantization replaces ReLU; with floats, ReLU is faster after the pooling.
    private static void MoveReluBeforePooling(GraphProto graph)
    {
        foreach (var pool in graph.Node.Where(node => node.OpType == "MaxPool").ToArray())
            if (graph.FindOnlyConsumer(pool.Output[0]) is { OpType: "Relu" or "Clip" } relu)
            {
                string input = pool.Input[0], between = pool.Output[0], output = relu.Output[0];
                (relu.Input[0], relu.Output[0]) = (input, between);
                (pool.Input[0], pool.Output[0]) = (between, output);
                graph.Node.Remove(relu);
                graph.Node.Insert(graph.Node.IndexOf(pool), relu);
            }
    }
}
