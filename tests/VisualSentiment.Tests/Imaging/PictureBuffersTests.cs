using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Imaging;

[Collection<ProcessState>]
public sealed class PictureBuffersTests
{
    [Fact]
    public void Threads_that_decode_one_after_another_share_a_buffer()
    {
        HashSet<byte[]> buffers = [];
        int threads = 4 * Environment.ProcessorCount;

        for (int i = 0; i < threads; i++)
        {
            var thread = new Thread(() =>
            {
                byte[] buffer = PictureBuffers.Rent(3_000_000);
                buffers.Add(buffer);
                PictureBuffers.Return(buffer);
            });
            thread.Start();
            thread.Join();
        }

        // One, or a few where another test decodes a picture of that size at the same time.
        Assert.InRange(buffers.Count, 1, threads / 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_228_800)]
    [InlineData(20_000_000)]
    public void A_buffer_is_as_long_as_was_asked_for(int length)
    {
        byte[] buffer = PictureBuffers.Rent(length);

        Assert.InRange(buffer.Length, length, int.MaxValue);
        PictureBuffers.Return(buffer);
    }
}
