using System.Drawing;

namespace VisualSentiment.Prediction.Explanations;

internal static class StrongestRectangle
{
    // Equal logits differ by the rounding of 32-bit floats.
    private const double Rounding = 1e-5;

    /// <summary>
    /// Finds the rectangle with the largest sum of values minus a threshold halfway between their mean and maximum; all
    /// cells if all values are equal.
    /// </summary>
    /// <param name="values">The values, row by row.</param>
    /// <param name="width">The number of values in a row.</param>
    public static Rectangle Find(ReadOnlySpan<float> values, int width)
    {
        int height = values.Length / width;
        double mean = 0, max = values[0];
        foreach (float value in values)
        {
            mean += value / (double)values.Length;
            max = Math.Max(max, value);
        }
        double threshold = (mean + max) / 2;
        var best = new Rectangle(0, 0, width, height);
        if (!(max - mean > Rounding * Math.Max(1, Math.Abs(max))))
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
