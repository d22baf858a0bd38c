using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Training;

/// <summary>Many pictures in several packs: what is decoded, what is found, and where it is kept.</summary>
public sealed partial class PictureDecoderTests : IDisposable
{
    private const int Pictures = 100, PicturesOfPack = 16;

    private static readonly ReadOnlyMemory<char>[] Paths =
        [.. Enumerable.Range(0, Pictures + 3).Select(picture => picture.ToString(CultureInfo.InvariantCulture).AsMemory())];

    private readonly TemporaryFolder _cache = new();
    private readonly IChannel _log = CatalogEnvironment.Of(new MLContext().Data).Start("test");
    private int _decoded;

    public PictureDecoderTests() => DecodedPictures.DropUnheld([]);

    public void Dispose()
    {
        DecodedPictures.DropUnheld([]);
        _log.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void Pixels_in_several_files_are_reused_by_the_next_process()
    {
        Collect(Enumerable.Range(0, Pictures)).Dispose();
        Assert.Equal(Pictures, _decoded);
        DecodedPictures.DropUnheld([]);

        using PixelStore next = Collect(Enumerable.Range(0, Pictures + 3).Reverse());

        Assert.Equal(Pictures + 3, _decoded);
        Assert.Equal(Enumerable.Range(0, Pictures + 3).Reverse(), Enumerable.Range(0, next.Count).Select(i => (int)next[i][^1]));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void A_run_that_is_stopped_loses_no_more_than_the_pictures_of_one_file(long bytesInMemory)
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Collect(Enumerable.Range(0, Pictures), cancelledAtFortieth: source, bytesInMemory: bytesInMemory));
        DecodedPictures.DropUnheld([]);
        _decoded = 0;

        Collect(Enumerable.Range(0, Pictures)).Dispose();

        Assert.Equal(Pictures - 2 * PicturesOfPack, _decoded);
    }

    [Fact]
    public void A_picture_of_many_rows_is_decoded_once_however_far_apart_they_are()
    {
        using PixelStore store = Collect(Enumerable.Range(0, 5 * PicturesOfPack).Select(row => row % 20));

        Assert.Equal(20, _decoded);
        Assert.Equal([0, 19, 0, 19], ((int[])[0, 19, 60, 79]).Select(row => (int)store[row][^1]));
    }

    [Fact]
    public void Rows_cost_a_few_bytes_each_and_are_not_kept()
    {
        const int Rows = 50_000;
        Collect(Enumerable.Range(0, 8)).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();

        using PixelStore store = Collect(Enumerable.Range(0, Rows).Select(row => row % 8));

        Assert.Equal((8, Rows), (_decoded, store.Count));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 4 * Rows, 4 * Rows + 100_000);
    }

    [Fact]
    public void No_more_pictures_are_decoded_at_once_than_there_are_cores()
    {
        Lock gate = new();
        int now = 0, most = 0;
        var decoder = new PictureDecoder(new TrainingRun(_log, null, 1, default), null, parallel: true);

        decoder.Collect(Pictures, () => Paths.Take(Pictures), _ => null, (_, _) =>
        {
            lock (gate)
                most = Math.Max(most, ++now);
            // Long enough for every thread of the pool to join in, were it let.
            Thread.Sleep(5);
            lock (gate)
                now--;
        }).Dispose();

        Assert.InRange(most, 1, Environment.ProcessorCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pixels_are_mapped_from_a_file_and_take_no_memory_of_the_process(bool kept)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using PixelStore store = Collect(Enumerable.Range(0, Pictures), kept);

        string[] maps = File.ReadAllLines("/proc/self/maps");
        for (int picture = 0; picture < Pictures; picture++)
            Assert.Contains(kept ? _cache.Path : "visualsentiment-", FileAt(store, picture, maps), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pixels_beyond_memory_are_dropped_from_the_page_cache_and_read_from_disk(bool kept)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "asks Linux");
        Assert.SkipWhen(new DriveInfo(_cache.Path).DriveFormat is "tmpfs" or "overlay", "temporary files are not on a disk of their own");
        const long Bytes = (long)Pictures * PixelFormat.ByteCount;

        using (PixelStore store = Collect(Enumerable.Range(0, Pictures), kept, bytesInMemory: Bytes))
            Assert.InRange(ShareInMemory(store), 0.95, 1);
        DecodedPictures.DropUnheld([]);
        foreach (string file in Directory.EnumerateFiles(_cache.Path))
            File.Delete(file);

        using (PixelStore store = Collect(Enumerable.Range(0, Pictures), kept, bytesInMemory: Bytes - 1))
        {
            // Some pixels share a large page with the index, which was looked at.
            Assert.InRange(ShareInMemory(store), 0, 0.5);
            Assert.Equal(Enumerable.Range(0, Pictures), Enumerable.Range(0, Pictures).Select(i => (int)store[i][^1]));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Rows_that_change_in_number_while_they_are_read_are_refused(int second)
    {
        int reads = 0;

        var failure = Assert.Throws<InvalidOperationException>(() => Decoder(null, null).Collect(
            4, () => Paths.Take(reads++ == 0 ? second : 4), Key, (_, _) => { }));

        Assert.StartsWith("There were 4 rows", failure.Message, StringComparison.Ordinal);
    }

    private static UInt128? Key(ReadOnlyMemory<char> path) => PixelKey.Checksum(MemoryMarshal.AsBytes(path.Span));

    private static unsafe double ShareInMemory(PixelStore store)
    {
        int pages = 0, resident = 0;
        for (int picture = 0; picture < store.Count; picture++)
            fixed (byte* pixels = store[picture])
            {
                nint first = ((nint)pixels + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;
                byte[] states = new byte[PixelFormat.ByteCount / Environment.SystemPageSize - 1];
                Assert.Equal(0, StatesOfPages(first, (nuint)(states.Length * Environment.SystemPageSize), states));
                pages += states.Length;
                resident += states.Count(state => (state & 1) != 0);
            }
        return (double)resident / pages;
    }

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static partial int StatesOfPages(nint address, nuint length, [Out] byte[] states);

    private PixelStore Collect(
        IEnumerable<int> pictures, bool kept = true, CancellationTokenSource? cancelledAtFortieth = null, long bytesInMemory = long.MaxValue)
    {
        int count = pictures.Count();
        return Decoder(kept ? _cache.Path : null, cancelledAtFortieth, bytesInMemory).Collect(count, () => pictures.Select(picture => Paths[picture]), Key, (path, pixels) =>
        {
            pixels.Fill(byte.Parse(path.Span, CultureInfo.InvariantCulture));
            if (++_decoded == 40)
                cancelledAtFortieth?.Cancel();
        });
    }

    private PictureDecoder Decoder(string? folder, CancellationTokenSource? source, long bytesInMemory = long.MaxValue) =>
        new(new TrainingRun(_log, null, 1, source?.Token ?? default), folder, parallel: false) { PicturesOfPack = PicturesOfPack, BytesInMemory = bytesInMemory };

    private static unsafe string FileAt(PixelStore store, int picture, string[] maps)
    {
        fixed (byte* first = store[picture])
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
