using VisualSentiment.Training;

namespace VisualSentiment.Tests.Training;

public sealed class TextBlocksTests
{
    private readonly TextBlocks _texts = new();

    [Fact]
    public void Copies_outlive_what_they_were_copied_from()
    {
        char[] buffer = new char[100];
        List<ReadOnlyMemory<char>> copies = [];
        for (int i = 0; i < 1_000; i++)
        {
            buffer.AsSpan().Fill((char)i);
            copies.Add(_texts.Add(buffer));
        }

        Assert.All(copies, (copy, i) => Assert.Equal(new string((char)i, 100), copy.ToString()));
    }

    [Fact]
    public void A_text_longer_than_a_block_is_copied_as_well()
    {
        string text = new('x', 100_000);

        Assert.Equal(["a", text, "b"], ((string[])["a", text, "b"]).Select(t => _texts.Add(t)).ToArray().Select(copy => copy.ToString()));
    }

    [Fact]
    public void Clearing_frees_the_blocks_for_later_texts()
    {
        Fill();
        _texts.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Fill();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);

        void Fill()
        {
            for (int i = 0; i < 5_000; i++)
                _texts.Add("some/folder/with/a/picture.jpg");
        }
    }
}
