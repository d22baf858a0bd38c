using Microsoft.ML;

namespace VisualSentiment.Scoring.Saving;

/// <summary>The step of a saved model that turns pictures into pixels.</summary>
internal interface IPixelContract
{
    IEstimator<ITransformer> CreateStep(MLContext ml);
}
