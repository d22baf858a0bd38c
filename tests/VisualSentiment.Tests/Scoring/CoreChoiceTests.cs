using VisualSentiment.Scoring;

namespace VisualSentiment.Tests.Scoring;

public class CoreChoiceTests
{
    private static readonly bool Several = Environment.ProcessorCount > 1;

    [Fact]
    public void Single_pictures_stay_on_one_core_until_enough_is_known()
    {
        var choice = new CoreChoice();

        for (int i = 0; i < CoreChoice.Trials; i++)
        {
            Assert.False(choice.IsForAllCores(1));
            Assert.Equal(Several, choice.IsForAllCores(2));
            choice.Tell(10 * CoreChoice.WorthSharing);
        }

        Assert.Equal(Several, choice.IsForAllCores(1));
    }

    [Fact]
    public void Shortest_of_the_first_decides()
    {
        var choice = new CoreChoice();

        choice.Tell(100 * CoreChoice.WorthSharing);
        choice.Tell(CoreChoice.WorthSharing / 2);
        for (int i = 2; i < CoreChoice.Trials + 10; i++)
            choice.Tell(5 * CoreChoice.WorthSharing);

        Assert.False(choice.IsForAllCores(1));
        Assert.False(choice.IsForAllCores(2));
        Assert.Equal(Several, choice.IsForAllCores(3));
    }
}
