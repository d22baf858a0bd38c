using System.Globalization;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation;

/// <summary>Compares an exported student with the network it was exported from.</summary>
internal static class ExportCheck
{
    private const int Images = 16;
    private const float Tolerance = 1e-4f;

    /// <exception cref="InvalidOperationException">A probability differs by more than 1e-4.</exception>
    public static void ThrowIfDifferent(nn.Module<Tensor, Tensor> network, byte[] model, TrainingSet set, PixelNormalization normalization)
    {
        int count = Math.Min(Images, set.Count);
        int[] images = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * set.Count / count))];
        byte[] pixels = new byte[count * PixelFormat.ByteCount];
        for (int i = 0; i < count; i++)
            set.Pixels[images[i]].CopyTo(pixels.AsSpan(i * PixelFormat.ByteCount));

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var batch = new PixelBatch(new TrainingViews(set.Pixels, null, 0), normalization, TorchSharp.DeviceType.CPU, count);
        float[] trained = network.call(batch.Gather(MicroBatch.Of(images))).softmax(1).data<float>().ToArray();
        float[] exported = new float[trained.Length];
        using (var classifier = new OnnxClassifier(model, "student"))
            classifier.Score(pixels, count, exported);
        float difference = trained.Zip(exported, (a, b) => MathF.Abs(a - b)).Max();
        if (!(difference <= Tolerance))
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The exported student differs from the trained network by {difference:g3} in a probability; {Tolerance:g1} is allowed. "
                + $"A module of the student computes something else in ExportOnnx than in forward."));
    }
}
