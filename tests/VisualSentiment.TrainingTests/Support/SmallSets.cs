using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Support;

/// <summary>Training sets as the trainers load them.</summary>
internal static class SmallSets
{
    public static TrainingSet Load(DrawnImages images)
    {
        var ml = new MLContext(seed: 1);
        using IChannel log = CatalogEnvironment.Of(ml.Transforms).Start("test");
        return TrainingSet.Load(images.Load(ml), DistillationRecipes.Paper, new TrainingRun(log, null, Seed: 1, CancellationToken.None));
    }
}
