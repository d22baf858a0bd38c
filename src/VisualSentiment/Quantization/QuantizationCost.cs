using System.Globalization;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Quantization;

/// <summary>The comparison of a quantized student with the float one.</summary>
/// <param name="Images">The number of images.</param>
/// <param name="Agreement">The fraction of images with the same predicted class, 0 to 1.</param>
/// <param name="FloatAccuracy">The accuracy of the float student; null if labels are unknown.</param>
/// <param name="QuantizedAccuracy">The accuracy of the quantized student; null if labels are unknown.</param>
internal sealed record QuantizationCost(int Images, double Agreement, double? FloatAccuracy, double? QuantizedAccuracy)
{
    /// <summary>The accuracy loss in percentage points; without labels, every other predicted class counts as a loss.</summary>
    public double Points => Math.Max(0, 100 * (FloatAccuracy - QuantizedAccuracy ?? 1 - Agreement));

    public static QuantizationCost Measure(byte[] floatModel, byte[] quantized, CalibrationImages images, CancellationToken cancellation)
    {
        using var before = new OnnxClassifier(floatModel, "student");
        using var after = new OnnxClassifier(quantized, "8-bit student");
        byte[] pixels = new byte[PixelFormat.ByteCount];
        float[] scores = new float[before.Classes.Count];
        int agreed = 0, rightBefore = 0, rightAfter = 0;
        foreach (int image in images.AccuracyImages)
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
        double count = images.AccuracyImages.Count;
        bool labeled = images.AccuracyImages.All(image => images.Labels[image] >= 0);
        return new QuantizationCost(images.AccuracyImages.Count, agreed / count, labeled ? rightBefore / count : null, labeled ? rightAfter / count : null);
    }

    /// <exception cref="InvalidOperationException">The accuracy loss is above the limit.</exception>
    public void ThrowIfAbove(double points)
    {
        if (Points <= points)
            return;
        string result = FloatAccuracy is null
            ? string.Create(CultureInfo.InvariantCulture, $"predicts another class for {100 * (1 - Agreement):0.0} % of {Images} images")
            : string.Create(CultureInfo.InvariantCulture,
                $"classifies {100 * QuantizedAccuracy:0.0} % of {Images} images correctly, the float student {100 * FloatAccuracy:0.0} %");
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"The 8-bit student {result}: {Points:0.0} points lost, and {nameof(OnnxExportOptions.MaxAccuracyLoss)} is {points}. "
            + $"Save the student without {nameof(OnnxExportOptions.Quantize)}, raise the limit, or set {nameof(OnnxExportOptions.CalibrationData)} to images more like those to predict."));
    }
}
