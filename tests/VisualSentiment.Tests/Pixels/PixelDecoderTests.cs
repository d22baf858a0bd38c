using System.Globalization;
using System.Runtime.InteropServices;
using VisualSentiment.Imaging;
using VisualSentiment.Pixels;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Pixels;

/// <summary>Many images in several packs: what is decoded, what is found, and where it is kept.</summary>
public sealed class PixelDecoderTests : IDisposable
{
    private const int Images = 100, ImagesPerPack = 16;

    private readonly TemporaryFolder _cache = new();
    private int _decoded;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Images_in_several_packs_are_not_decoded_again_by_the_next_store()
    {
        Decode(Enumerable.Range(0, Images)).Dispose();
        Assert.Equal(Images, _decoded);

        using PixelStore next = Decode(Enumerable.Range(0, Images + 3).Reverse());

        Assert.Equal(Images + 3, _decoded);
        Assert.Equal(Enumerable.Range(0, Images + 3).Reverse(), Values(next));
    }

    [Fact]
    public void A_run_that_is_stopped_loses_no_more_than_the_images_of_one_pack()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Decode(Enumerable.Range(0, Images), canceledAtFortieth: source));
        Assert.Empty(Directory.GetFiles(_cache.Path, "*.tmp"));
        _decoded = 0;

        Decode(Enumerable.Range(0, Images)).Dispose();

        Assert.Equal(Images - 2 * ImagesPerPack, _decoded);
    }

    [Fact]
    public void An_image_of_many_rows_is_decoded_once_however_far_apart_they_are()
    {
        using PixelStore store = Decode(Enumerable.Range(0, 5 * ImagesPerPack).Select(row => row % 20));

        Assert.Equal(20, _decoded);
        Assert.Equal(Enumerable.Range(0, 5 * ImagesPerPack).Select(row => row % 20), Values(store));
    }

    [Fact]
    public void Joined_stores_hold_the_images_of_both()
    {
        PixelStore first = Decode(Enumerable.Range(0, 20)), second = Decode(Enumerable.Range(10, 20), kept: false);

        using PixelStore both = PixelStore.Join(first, second);

        Assert.Equal([.. Enumerable.Range(0, 20), .. Enumerable.Range(10, 20)], Values(both));
        both.Prefetch([0, 39]);
    }

    [Fact]
    public void A_hundred_thousand_rows_take_a_few_megabytes()
    {
        const int Rows = 100_000;
        Decode(Enumerable.Range(0, 8)).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();

        using PixelStore store = Decode(Enumerable.Range(0, Rows).Select(row => row % 8));

        Assert.Equal((8, Rows), (_decoded, store.Count));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 4 * Rows, 60 * Rows);
    }

    [Fact]
    public void No_more_images_are_decoded_at_once_than_there_are_cores()
    {
        Lock gate = new();
        int now = 0, max = 0;
        var decoder = new PixelDecoder(null, parallel: true, (_, _) => { }, default);

        decoder.Decode(Images, _ => 0, (_, _) =>
        {
            lock (gate)
                max = Math.Max(max, ++now);
            // Long enough for every thread of the pool to join in, were it let.
            Thread.Sleep(5);
            lock (gate)
                now--;
        }).Dispose();

        Assert.InRange(max, 1, Environment.ProcessorCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pixels_are_mapped_from_a_file_and_take_no_memory_of_the_process(bool kept)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using PixelStore store = Decode(Enumerable.Range(0, Images), kept);

        string[] maps = File.ReadAllLines("/proc/self/maps");
        for (int image = 0; image < Images; image++)
            Assert.Contains(kept ? _cache.Path : "visualsentiment-", FileAt(store, image, maps), StringComparison.Ordinal);
    }

    [Fact]
    public void Unreadable_images_are_listed_in_the_order_of_their_rows()
    {
        var decoder = new PixelDecoder(null, parallel: true, (_, _) => { }, default) { ImagesPerPack = 3 };

        var failure = Assert.Throws<TrainingDataException>(() => decoder.Decode(10, _ => 0, (row, _) =>
        {
            if (row % 2 == 1)
                throw new UnreadableImageException($"image {9 - row}", "it is missing");
        }));

        Assert.Equal([8, 6, 4, 2, 0], failure.Problems.Select(problem => int.Parse(problem.Split('\'')[1][^1..], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_with_what_was_to_be_written()
    {
        var failure = Assert.ThrowsAny<IOException>(() => new PixelPackWriter(_cache["missing"], 3));

        Assert.StartsWith("The pixels of 3 images, 0 MB, cannot be written to", failure.Message, StringComparison.Ordinal);
        Assert.Contains(_cache["missing"], failure.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Values(PixelStore store) => Enumerable.Range(0, store.Count).Select(image => (int)store[image][^1]);

    private PixelStore Decode(IEnumerable<int> images, bool kept = true, CancellationTokenSource? canceledAtFortieth = null)
    {
        int[] values = [.. images];
        void Report(int done, int all) => canceledAtFortieth?.Token.ThrowIfCancellationRequested();
        return new PixelDecoder(kept ? _cache.Path : null, parallel: false, Report, default) { ImagesPerPack = ImagesPerPack }.Decode(
            values.Length, row => PixelKey.Checksum(MemoryMarshal.AsBytes<int>([values[row]])), (row, pixels) =>
            {
                pixels.Fill((byte)values[row]);
                if (++_decoded == 40)
                    canceledAtFortieth?.Cancel();
            });
    }

    private static unsafe string FileAt(PixelStore store, int image, string[] maps)
    {
        fixed (byte* first = store[image])
        {
            ulong address = (ulong)first;
            return maps.Single(line =>
            {
                ulong[] range = [.. line.Split(' ')[0].Split('-').Select(end => ulong.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
                return range[0] <= address && address + PixelFormat.ByteCount <= range[1];
            });
        }
    }
}
