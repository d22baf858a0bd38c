using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>Computes the student on pictures and looks at values inside it.</summary>
internal static class ActivationCalibrator
{
    /// <summary>What the named values, float [N, C, H, W], are on the pictures that ranges come from.</summary>
    public static IReadOnlyDictionary<string, ValueStatistics> Observe(
        ModelProto model, IReadOnlyCollection<string> values, CalibrationPictures pictures, CancellationToken cancellation)
    {
        var statistics = values.ToDictionary(value => value, _ => new ValueStatistics(pictures.ForRanges.Count));
        if (values.Count == 0)
            return statistics;
        using var session = ObservedModel.Load(model, values);
        using var options = new RunOptions();
        string[] names = [.. values];
        // Pictures are what runs in parallel: a session of one thread gives the same numbers on any machine's count of cores.
        Parallel.For(0, pictures.ForRanges.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            byte[] pixels = new byte[PixelFormat.ByteCount];
            pictures.Read(pictures.ForRanges[i], pixels);
            using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
            using var results = session.Run(options, [OnnxExporter.Pixels], [input], names);
            for (int k = 0; k < names.Length; k++)
                statistics[names[k]].Add(i, results[k].GetTensorDataAsSpan<float>(), (int)results[k].GetTensorTypeAndShape().Shape[1]);
        });
        return statistics;
    }
}
