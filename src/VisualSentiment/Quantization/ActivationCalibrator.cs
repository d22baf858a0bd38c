using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Quantization;

/// <summary>Runs the student on images and collects statistics of intermediate values.</summary>
internal static class ActivationCalibrator
{
    /// <summary>Collects statistics of values, float [N, C, H, W], on the calibration images.</summary>
    public static IReadOnlyDictionary<string, ValueStatistics> Observe(
        ModelProto model, IReadOnlyCollection<string> values, CalibrationImages images, CancellationToken cancellation)
    {
        var statistics = values.ToDictionary(value => value, _ => new ValueStatistics(images.RangeImages.Count));
        if (values.Count == 0)
            return statistics;
        var observed = model.Clone();
        observed.Graph.Output.Add(values.Select(value => new ValueInfoProto
        {
            Name = value,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } },
        }));
        // Images run in parallel; with one thread per image, results do not depend on the number of cores.
        using var sessionOptions = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(observed.ToByteArray(), sessionOptions);
        using var options = new RunOptions();
        string[] names = [.. values];
        Parallel.For(0, images.RangeImages.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            byte[] pixels = new byte[PixelFormat.ByteCount];
            images.Read(images.RangeImages[i], pixels);
            using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
            using var results = session.Run(options, [ModelNames.Pixels], [input], names);
            for (int k = 0; k < names.Length; k++)
                statistics[names[k]].Add(i, results[k].GetTensorDataAsSpan<float>(), (int)results[k].GetTensorTypeAndShape().Shape[1]);
        });
        return statistics;
    }
}
