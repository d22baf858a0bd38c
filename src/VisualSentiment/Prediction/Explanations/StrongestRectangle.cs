using System.Drawing;

namespace VisualSentiment.Prediction.Explanations;

/// <summary>Finds where values are large.</summary>
internal static class StrongestRectangle
{
    // Logits that should be the same differ by the rounding of 32-bit floats.
    private const double Rounding = 1e-5;

    /// <summary>
    /// The rectangle over which the values, less the middle between their mean and their maximum, add up to most; all cells where
    /// all values are the same.
    /// </summary>
    /// <param name="values">Row by row.</param>
    /// <param name="width">How many are in a row.</param>
    public static Rectangle Find(ReadOnlySpan<float> values, int width)
    {
        int height = values.Length / width;
        double mean = 0, most = values[0];
        foreach (float value in values)
        {
            mean += value / (double)values.Length;
            most = Math.Max(most, value);
        }
        double threshold = (mean + most) / 2;
        var best = new Rectangle(0, 0, width, height);
        if (!(most - mean > Rounding * Math.Max(1, Math.Abs(most))))
            return best;

        double bestSum = 0;
        double[] columns = new double[width];
        for (int top = 0; top < height; top++)
        {
            Array.Clear(columns);
            for (int bottom = top; bottom < height; bottom++)
            {
                // The largest sum of neighboring columns (Kadane).
                double sum = 0;
                int left = 0;
                for (int x = 0; x < width; x++)
                {
                    columns[x] += values[bottom * width + x] - threshold;
                    if (sum <= 0)
                        (sum, left) = (0, x);
                    sum += columns[x];
                    if (sum > bestSum)
                        (bestSum, best) = (sum, new Rectangle(left, top, x - left + 1, bottom - top + 1));
                }
            }
        }
        return best;
    }
}
