using VisualSentiment.Onnx.Evidence;

namespace VisualSentiment.Tests.Onnx.Evidence;

public class AreaWeightsTests
{
    [Theory]
    [InlineData(53, 14)]
    [InlineData(28, 14)]
    [InlineData(7, 14)]
    [InlineData(14, 14)]
    [InlineData(3, 2)]
    public void The_mean_over_all_cells_stays(int from, int to)
    {
        float[] rows = AreaWeights.Rows(from, to), columns = AreaWeights.Columns(from, to);

        for (int cell = 0; cell < to; cell++)
            Assert.Equal(1, rows.Skip(cell * from).Take(from).Sum(), 1e-5f);
        for (int old = 0; old < from; old++)
        {
            Assert.Equal((float)to / from, columns.Skip(old * to).Take(to).Sum(), 1e-5f);
            Assert.Equal(columns.Skip(old * to).Take(to), Enumerable.Range(0, to).Select(cell => rows[cell * from + old]));
        }
    }

    [Fact]
    public void A_cell_between_two_takes_its_share_of_each() =>
        Assert.Equal([2 / 3f, 1 / 3f, 0, 0, 1 / 3f, 2 / 3f], AreaWeights.Rows(3, 2));
}
