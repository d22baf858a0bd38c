using VisualSentiment.Evaluation;

namespace VisualSentiment.Tests.Evaluation;

public class LargestImagesTests
{
    [Fact]
    public void The_largest_of_many_are_kept_in_order()
    {
        double[] losses = [.. Enumerable.Range(0, 5000).Select(i => (double)i)];
        new Random(3).Shuffle(losses);
        var largest = new LargestImages(4, image => image.Loss);
        for (int i = 0; i < losses.Length; i++)
            largest.Add(Image(i, losses[i]));

        Assert.Equal([4999, 4998, 4997, 4996], largest.ToArray().Select(image => image.Loss));
    }

    [Fact]
    public void Of_images_with_equal_losses_the_first_are_kept()
    {
        var largest = new LargestImages(2, image => image.Loss);
        for (int i = 0; i < 5; i++)
            largest.Add(Image(i, 1));

        Assert.Equal([0L, 1L], largest.ToArray().Select(image => image.Row));
    }

    [Fact]
    public void A_maximum_of_zero_keeps_none() => Assert.False(new LargestImages(0, image => image.Loss).Takes(double.MaxValue));

    [Fact]
    public void Each_image_of_several_runs_is_listed_once_with_its_largest_loss()
    {
        var merged = LargestImages.Merge([[Image(0, 3, "a"), Image(1, 1, "b")], [Image(4, 5, "a"), Image(5, 2, "c")]], image => image.Loss);

        Assert.Equal([("a", 5.0), ("c", 2.0)], merged.Select(image => (image.Path!, image.Loss)));
    }

    [Fact]
    public void Only_the_paths_of_kept_images_are_read()
    {
        int read = 0;
        var recorder = new OutcomeRecorder(["fear", "joy"], maxExamples: 3);
        for (int i = 0; i < 10_000; i++)
            recorder.Add((ulong)i, 0, [0.9f, 0.1f], readName: () => $"{read++}");

        var report = recorder.ToReport();
        Assert.Equal(3, read);
        Assert.Equal(3, report.LargestLosses.Count);
        Assert.Empty(report.LargestDivergences);
    }

    private static TestedImage Image(long row, double loss, string? path = null) => new() { Row = row, Loss = loss, Label = "joy", Path = path, Identity = path is null ? (ulong)row : path[0], Student = [0, 1] };
}
