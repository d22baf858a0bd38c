using System.Globalization;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Quantization;

/// <summary>A quantized student held against the float one.</summary>
/// <param name="Images">On how many images.</param>
/// <param name="Agreement">The share of images that both put into the same class, 0 to 1.</param>
/// <param name="FloatAccuracy">The share that the float student gets right; null where labels are not known.</param>
/// <param name="QuantizedAccuracy">The share that the quantized one gets right; null where labels are not known.</param>
internal sealed record QuantizationCost(int Images, double Agreement, double? FloatAccuracy, double? QuantizedAccuracy)
{
    /// <summary>Percentage points of accuracy lost; where it is not known, as if every difference were a loss.</summary>
    public double Points => Math.Max(0, 100 * (FloatAccuracy - QuantizedAccuracy ?? 1 - Agreement));

    public static QuantizationCost Measure(byte[] floatModel, byte[] quantized, CalibrationImages images, CancellationToken cancellation)
    {
        using var before = new OnnxClassifier(floatModel, "student");
        using var after = new OnnxClassifier(quantized, "8-bit student");
        byte[] pixels = new byte[PixelFormat.ByteCount];
        float[] scores = new float[before.Classes.Count];
        int agreed = 0, rightBefore = 0, rightAfter = 0;
        foreach (int image in images.ForCheck)
        {
            cancellation.ThrowIfCancellationRequested();
            images.Read(image, pixels);
            before.Score(pixels, 1, scores);
            int first = ArgMax.Of(scores);
            after.Score(pixels, 1, scores);
            int second = ArgMax.Of(scores), label = images.Labels[image];
            agreed += first == second ? 1 : 0;
            rightBefore += first == label ? 1 : 0;
            rightAfter += second == label ? 1 : 0;
        }
        double count = images.ForCheck.Count;
        bool labeled = images.ForCheck.All(image => images.Labels[image] >= 0);
        return new QuantizationCost(images.ForCheck.Count, agreed / count, labeled ? rightBefore / count : null, labeled ? rightAfter / count : null);
    }

    /// <exception cref="InvalidOperationException">It costs more than so many points.</exception>
    public void ThrowIfAbove(double points)
    {
        if (Points <= points)
            return;
        string seen = FloatAccuracy is null
            ? string.Create(CultureInfo.InvariantCulture, $"puts {100 * (1 - Agreement):0.0} % of {Images} images into another class")
            : string.Create(CultureInfo.InvariantCulture,
                $"gets {100 * QuantizedAccuracy:0.0} % of {Images} images right, the float student {100 * FloatAccuracy:0.0} %");
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"The 8-bit student {seen}: {Points:0.0} points lost, and {nameof(OnnxExportOptions.MaxAccuracyLoss)} is {points}. "
            + $"Save the student without {nameof(OnnxExportOptions.Quantize)}, allow more, or give images more like those to predict as {nameof(OnnxExportOptions.CalibrationData)}."));
    }
}
