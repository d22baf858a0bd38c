using VisualSentiment.Imaging;
using VisualSentiment.Quantization;

namespace VisualSentiment.Tests.Quantization;

public sealed class CalibrationImagesTests : IDisposable
{
    private readonly List<IDisposable> _kept = [];

    public void Dispose() => _kept.ForEach(kept => kept.Dispose());

    [Fact]
    public void However_many_images_there_are_512_are_kept_at_most()
    {
        var kept = Keep([.. Enumerable.Range(0, 5000)], [.. Enumerable.Range(5000, 1000)]);

        Assert.Equal(128, kept.RangeImages.Count);
        Assert.Equal(384, kept.AccuracyImages.Count);
        Assert.Equal(512, kept.Labels.Count);
    }

    [Fact]
    public void Without_validation_images_the_check_is_made_on_training_images()
    {
        var kept = Keep([.. Enumerable.Range(0, 5000)], []);

        Assert.Equal(128, kept.RangeImages.Count);
        Assert.Equal(384, kept.AccuracyImages.Distinct().Count());
        Assert.Equal(384, kept.Labels.Count);
    }

    [Fact]
    public void Classes_are_kept_in_proportion()
    {
        // A class in ten is rare; files of a class lie together.
        var kept = Keep([.. Enumerable.Range(0, 1000)], [], image => image < 100 ? 0 : 1);

        Assert.InRange(kept.RangeImages.Count(image => kept.Labels[image] == 0), 12, 14);
        Assert.InRange(kept.AccuracyImages.Count(image => kept.Labels[image] == 0), 36, 40);
    }

    [Fact]
    public void Few_images_are_all_kept_and_read_back()
    {
        var kept = Keep([3, 4, 5], [6]);

        byte[] pixels = new byte[PixelFormat.ByteCount];
        Assert.Equal([0, 1, 2], kept.RangeImages);
        Assert.Equal([3], kept.AccuracyImages);
        kept.Read(kept.AccuracyImages[0], pixels);
        Assert.All(pixels, pixel => Assert.Equal(6, pixel));
    }

    private CalibrationImages Keep(int[] training, int[] validation, Func<int, int>? label = null)
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        int[] labels = [.. Enumerable.Range(0, 6000).Select(label ?? (image => image % 7))];
        var kept = CalibrationImages.Keep(training, validation, labels, image =>
        {
            Array.Fill(pixels, (byte)image);
            return pixels;
        });
        _kept.Add(kept);
        return kept;
    }
}
