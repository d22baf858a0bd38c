using System.Drawing;
using VisualSentiment.Prediction.Explanations;

namespace VisualSentiment.Tests.Prediction.Explanations;

public class StrongestRectangleTests
{
    [Fact]
    public void Rectangle_holds_the_cells_above_the_middle_of_mean_and_maximum() => Assert.Equal(new Rectangle(1, 1, 2, 2), StrongestRectangle.Find(
        [
            0, 0, 0, 0,
            0, 9, 8, 0,
            0, 8, 9, 4,
            0, 0, 0, 0,
        ], width: 4));

    [Fact]
    public void A_single_peak_is_a_cell() => Assert.Equal(new Rectangle(2, 0, 1, 1), StrongestRectangle.Find([0, 0, 5, 0, 0, 0], width: 3));

    [Fact]
    public void Rectangle_of_a_constant_map_is_the_whole_map() => Assert.Equal(new Rectangle(0, 0, 3, 2), StrongestRectangle.Find([1, 1, 1, 1, 1, 1], width: 3));

    [Fact]
    public void No_rectangle_adds_up_to_more()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 50; trial++)
        {
            const int Width = 5, Height = 4;
            float[] values = [.. Enumerable.Range(0, Width * Height).Select(_ => random.NextSingle())];
            double threshold = (values.Average(v => (double)v) + values.Max()) / 2;
            double Sum(Rectangle r) => Enumerable.Range(r.Top, r.Height).Sum(y => Enumerable.Range(r.Left, r.Width).Sum(x => values[y * Width + x] - threshold));
            var all = from left in Enumerable.Range(0, Width) from top in Enumerable.Range(0, Height)
                      from right in Enumerable.Range(left + 1, Width - left) from bottom in Enumerable.Range(top + 1, Height - top)
                      select Rectangle.FromLTRB(left, top, right, bottom);

            Assert.Equal(all.Max(Sum), Sum(StrongestRectangle.Find(values, Width)), 1e-9);
        }
    }
}
