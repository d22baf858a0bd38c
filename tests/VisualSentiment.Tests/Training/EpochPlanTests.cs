using VisualSentiment.Training;

namespace VisualSentiment.Tests.Training;

public class EpochPlanTests
{
    [Fact]
    public void Every_picture_comes_once_an_epoch_in_its_next_view()
    {
        var plan = new EpochPlan([3, 5, 8], [], 0, views: 2, seed: 1);

        PictureView[][] epochs = [plan.Next(), plan.Next(), plan.Next()];

        Assert.All(epochs, epoch => Assert.Equal([3, 5, 8], epoch.Select(view => view.Picture).Order()));
        Assert.Equal([0, 1, 0], epochs.Select(epoch => Assert.Single(epoch.Select(view => view.View).Distinct())));
    }

    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_another()
    {
        EpochPlan Plan(int seed) => new([.. Enumerable.Range(0, 20)], [.. Enumerable.Range(20, 30)], 0.5, views: 3, seed);

        Assert.Equal(Plan(1).Next(), Plan(1).Next());
        Assert.NotEqual(Plan(1).Next(), Plan(2).Next());
    }

    [Fact]
    public void Pictures_without_labels_make_up_their_share()
    {
        var plan = new EpochPlan([.. Enumerable.Range(0, 30)], [.. Enumerable.Range(100, 500)], 0.25, views: 1, seed: 1);

        PictureView[] epoch = plan.Next();

        Assert.Equal(40, epoch.Length);
        Assert.Equal(10, epoch.Count(view => view.Picture >= 100));
    }

    [Fact]
    public void All_pictures_without_labels_come_before_any_comes_again_and_then_in_another_view()
    {
        var plan = new EpochPlan([0, 1, 2, 3], [10, 11, 12, 13, 14, 15], 0.5, views: 4, seed: 1);

        PictureView[] seen = [.. Enumerable.Range(0, 3).SelectMany(_ => plan.Next()).Where(view => view.Picture >= 10)];

        Assert.Equal(12, seen.Length);
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal(6, seen.Count(view => view.View == 0));
    }
}
