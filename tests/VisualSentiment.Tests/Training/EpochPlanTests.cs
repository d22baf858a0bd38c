using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Tests.Training;

public class EpochPlanTests
{
    [Fact]
    public void Every_image_comes_once_an_epoch_in_its_next_view()
    {
        var plan = new EpochPlan([3, 5, 8], [], 0, views: 2, seed: 1);

        ImageView[][] epochs = [plan.Next(), plan.Next(), plan.Next()];

        Assert.All(epochs, epoch => Assert.Equal([3, 5, 8], epoch.Select(view => view.Image).Order()));
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
    public void Images_without_labels_make_up_their_share()
    {
        var plan = new EpochPlan([.. Enumerable.Range(0, 30)], [.. Enumerable.Range(100, 500)], 0.25, views: 1, seed: 1);

        ImageView[] epoch = plan.Next();

        Assert.Equal(40, epoch.Length);
        Assert.Equal(10, epoch.Count(view => view.Image >= 100));
    }

    [Fact]
    public void All_images_without_labels_come_before_any_comes_again_and_then_in_another_view()
    {
        var plan = new EpochPlan([0, 1, 2, 3], [10, 11, 12, 13, 14, 15], 0.5, views: 4, seed: 1);

        ImageView[] seen = [.. Enumerable.Range(0, 3).SelectMany(_ => plan.Next()).Where(view => view.Image >= 10)];

        Assert.Equal(12, seen.Length);
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal(6, seen.Count(view => view.View == 0));
    }
}
