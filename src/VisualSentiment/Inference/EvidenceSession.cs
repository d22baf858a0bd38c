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
            using OrtValue input = PinnedTensor.Of(pixelPointer, count: 1);
            using OrtValue score = PinnedTensor.Of(scorePointer, 1, classes);
            using OrtValue evidence = PinnedTensor.Of(mapPointer, 1, classes, height, width);
            session.Run(options, _input, [input], _outputs, [score, evidence]);
        }
        return new EvidenceGrid(width, height, maps);
    }

    public void Dispose() => session.Dispose();
}

/// <summary>Tensors over pinned memory.</summary>
internal static unsafe class PinnedTensor
{
    public static OrtValue Of(byte* pixels, int count) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.UInt8,
        [count, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels],
        (nint)pixels, (long)count * PixelFormat.ByteCount);

    public static OrtValue Of(float* values, params long[] shape) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, (nint)values,
        shape.Aggregate((a, b) => a * b) * sizeof(float));
}
