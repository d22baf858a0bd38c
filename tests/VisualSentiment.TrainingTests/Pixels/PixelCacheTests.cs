using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Pixels;

/// <summary>What is decoded, how often, and what is believed of that on disk.</summary>
public sealed class PixelCacheTests : IDisposable
{
    private const int Images = 6;

    private readonly DrawnImages _images = new(imagesPerClass: Images / 2, classes: 2);
    private readonly TemporaryFolder _cache = new();
    private readonly MLContext _ml = new(seed: 1);

    public PixelCacheTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _cache.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Images_are_found_in_another_order_and_in_a_subset()
    {
        using var all = Load(_cache.Path);
        using var some = Load(_cache.Path, [all.Paths[5], all.Paths[1], all.Paths[5]]);

        Assert.Equal(0, some.Decoded);
        Assert.Equal(all.Set.Pixels[5], some.Set.Pixels[0]);
        Assert.Equal(all.Set.Pixels[1], some.Set.Pixels[1]);
        Assert.Equal(all.Set.Pixels[5], some.Set.Pixels[2]);
    }

    [Fact]
    public void A_file_in_several_rows_is_decoded_once()
    {
        string[] paths = Directory.GetFiles(_images.Folder, "*.png", SearchOption.AllDirectories);

        using var set = Load(null, [paths[0], paths[1], paths[0]]);

        Assert.Equal(2, set.Decoded);
        Assert.Equal(Reference(paths[0]), set.Set.Pixels[2]);
    }

    [Fact]
    public void Another_image_fit_is_decoded_again()
    {
        using var fill = Load(_cache.Path);
        using var crop = Load(_cache.Path, fit: ImageFit.CenterCrop);

        Assert.Equal(Images, crop.Decoded);
        Assert.False(fill.Set.Pixels[0].SequenceEqual(crop.Set.Pixels[0]));
    }

    [Fact]
    public void Temporary_pixels_have_no_name_that_a_killed_process_would_leave_behind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows removes the file with the last handle");
        string[] before = Directory.GetFiles(Path.GetTempPath(), "visualsentiment-*");

        using var set = Load(null);

        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "visualsentiment-*").Except(before));
    }

    [Fact]
    public void The_next_run_reads_the_cache_folder()
    {
        Load(_cache.Path).Dispose();

        using var next = Load(_cache.Path);

        Assert.Equal(0, next.Decoded);
        Assert.Equal(Reference(next.Paths[4]), next.Set.Pixels[4]);
        Assert.Single(Directory.GetFiles(_cache.Path), file => file.EndsWith(".pixels", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_a_changed_file_is_decoded_again()
    {
        string[] paths;
        using (var first = Load(_cache.Path))
            paths = first.Paths;
        File.Copy(paths[0], paths[3], overwrite: true);
        File.SetLastWriteTimeUtc(paths[3], new DateTime(2020, 2, 2, 0, 0, 0, DateTimeKind.Utc));

        using var next = Load(_cache.Path);

        Assert.Equal(1, next.Decoded);
        Assert.Equal(Reference(paths[0]), next.Set.Pixels[3]);
    }

    [Theory]
    [InlineData("cut short")]
    [InlineData("empty")]
    [InlineData("index")]
    [InlineData("count")]
    public void A_damaged_file_is_removed_and_rebuilt(string damage)
    {
        Load(_cache.Path).Dispose();
        string damaged = Directory.GetFiles(_cache.Path).Single();
        using (var file = new FileStream(damaged, FileMode.Open))
        {
            if (damage is "cut short" or "empty")
                file.SetLength(damage == "empty" ? 0 : file.Length - 1);
            else
                Flip(file, damage == "index" ? 40 : 12);
        }

        using (var next = Load(_cache.Path))
            Assert.Equal(Images, next.Decoded);
        using var last = Load(_cache.Path);

        Assert.Equal(0, last.Decoded);
        Assert.False(File.Exists(damaged));
        Assert.Equal(Reference(last.Paths[1]), last.Set.Pixels[1]);
    }

    [Fact]
    public void Corrupted_pixels_are_decoded_again_and_the_others_are_kept()
    {
        Load(_cache.Path).Dispose();
        using (var file = new FileStream(Directory.GetFiles(_cache.Path).Single(), FileMode.Open))
            Flip(file, file.Length - 1000);

        using (var next = Load(_cache.Path))
        {
            Assert.Equal(1, next.Decoded);
            Assert.Equal(Reference(next.Paths[^1]), next.Set.Pixels[Images - 1]);
        }
        using var last = Load(_cache.Path);

        Assert.Equal(0, last.Decoded);
    }

    [Fact]
    public void Files_of_other_versions_and_programs_are_not_changed()
    {
        Load(_cache.Path).Dispose();
        string other = Directory.GetFiles(_cache.Path).Single();
        using (var file = new FileStream(other, FileMode.Open))
            Flip(file, 8);
        File.WriteAllText(_cache["notes.txt"], "mine");

        using var next = Load(_cache.Path);

        Assert.Equal(Images, next.Decoded);
        Assert.True(File.Exists(other));
        Assert.True(File.Exists(_cache["notes.txt"]));
    }

    [Fact]
    public void An_interrupted_run_leaves_no_file_under_its_final_name_and_the_next_removes_its_rest()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Load(_cache.Path, canceledAtSecond: source));
        Assert.Empty(Directory.GetFiles(_cache.Path));

        string rest = _cache["killed.pixels.tmp"], busy = _cache["busy.pixels.tmp"];
        string recent = _cache["recent.pixels.tmp"];
        foreach (string file in (string[])[rest, busy, recent])
            File.WriteAllText(file, "half");
        foreach (string file in (string[])[rest, busy])
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        using var writer = new FileStream(busy, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var next = Load(_cache.Path);

        Assert.Equal([busy, recent], ((string[])[rest, busy, recent]).Where(File.Exists));
    }

    [Fact]
    public async Task Two_sets_loaded_at_once_into_one_folder_both_have_their_pixels()
    {
        Loaded[] sets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Load(_cache.Path))));

        foreach (Loaded set in sets)
        {
            for (int i = 0; i < Images; i++)
                Assert.Equal(Reference(set.Paths[i]), set.Set.Pixels[i]);
            set.Dispose();
        }
        Assert.DoesNotContain(Directory.GetFiles(_cache.Path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Readable_images_of_a_set_that_failed_are_kept_and_every_unreadable_one_is_listed()
    {
        string[] paths = Directory.GetFiles(_images.Folder, "*.png", SearchOption.AllDirectories);
        byte[] good = File.ReadAllBytes(paths[2]);
        File.WriteAllText(paths[2], "no image");

        var failure = Assert.Throws<TrainingDataException>(() => Load(_cache.Path, [.. paths, "missing.png"]));
        Assert.Equal(2, failure.Problems.Count);
        File.WriteAllBytes(paths[2], good);
        using var next = Load(_cache.Path);

        Assert.Equal(1, next.Decoded);
    }

    [Fact]
    public void A_cache_folder_that_is_a_file_is_an_invalid_option()
    {
        string file = _cache["file"];
        File.WriteAllText(file, "");

        Assert.Contains($"CacheFolder is '{file}'", (DistillationRecipes.Paper with { CacheFolder = file }).FindErrors().First(), StringComparison.Ordinal);
    }

    private static void Flip(FileStream file, long at)
    {
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)~value);
    }

    private static byte[] Reference(string path)
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        new PixelPreprocessor(ImageFit.Fill).Read(path, pixels);
        return pixels;
    }

    private Loaded Load(string? folder, string[]? paths = null, ImageFit fit = ImageFit.Fill, CancellationTokenSource? canceledAtSecond = null)
    {
        IDataView data = paths is null ? _images.Load(_ml) : DrawnImages.MapLabels(_ml).Fit(Rows(paths)).Transform(Rows(paths));
        int reports = 0;
        var options = DistillationRecipes.Paper with
        {
            CacheFolder = folder,
            ImageFit = fit,
            Device = TrainingDevice.Cpu,
            CancellationToken = canceledAtSecond?.Token ?? default,
            Progress = new Listener(progress =>
            {
                Interlocked.Increment(ref reports);
                if (progress.Step == 2)
                    canceledAtSecond?.Cancel();
            }),
        };
        var environment = CatalogEnvironment.Of(_ml.Data);
        using var log = environment.Start("test");
        var set = TrainingSet.Load(data, options, TrainingRun.Start(options, environment, log));
        // The first report says how many were found, each further one is a decoded image.
        return new Loaded(set, reports - 1, [.. data.GetColumn<string>("ImagePath")]);
    }

    private IDataView Rows(string[] paths) =>
        _ml.Data.LoadFromEnumerable(paths.Select((path, i) => new Row { ImagePath = path, Label = i % 2 == 0 ? "even" : "odd" }));

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed record Loaded(TrainingSet Set, int Decoded, string[] Paths) : IDisposable
    {
        public void Dispose() => Set.Dispose();
    }
}
