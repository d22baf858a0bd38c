using VisualSentiment.Common;

namespace VisualSentiment.Tests.Common;

public sealed class IndexRangeTests
{
    [Fact]
    public void A_range_is_the_list_of_its_indices()
    {
        var range = new IndexRange(7, 3);

        Assert.Equal([7, 8, 9], range);
        Assert.Equal((3, 7, 9), (range.Count, range[0], range[2]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void There_is_nothing_outside(int index)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexRange(7, 3)[index]);
    }
}
