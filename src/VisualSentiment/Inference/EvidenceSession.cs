using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx;

namespace VisualSentiment.Inference;

/// <summary>Computes evidence maps together with scores. Thread-safe; owns its session.</summary>
internal sealed class EvidenceSession(InferenceSession session) : IDisposable
{
    private readonly string[] _input = [session.InputNames[0]];
    private readonly string[] _outputs = [ModelNames.Score, ModelNames.Evidence];
    private readonly int[] _shape = session.OutputMetadata[ModelNames.Evidence].Dimensions;

    public unsafe EvidenceGrid Run(RunOptions options, ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        var (classes, height, width) = (_shape[1], _shape[2], _shape[3]);
        float[] maps = new float[classes * height * width];
        fixed (byte* pixelPointer = pixels)
        fixed (float* scorePointer = probabilities)
        fixed (float* mapPointer = maps)
        {
            using var input = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.UInt8,
                [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], (nint)pixelPointer, pixels.Length);
            using var score = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float,
                [1, classes], (nint)scorePointer, probabilities.Length * sizeof(float));
            using var evidence = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance,
                TensorElementType.Float,
                [1, classes, height, width], (nint)mapPointer, (long)maps.Length * sizeof(float));
            session.Run(options, _input, [input], _outputs, [score, evidence]);
        }
        return new EvidenceGrid(width, height, maps);
    }

    public void Dispose() => session.Dispose();
}
