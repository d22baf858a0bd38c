using Microsoft.ML;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>The step of a saved model that turns images into pixels.</summary>
internal interface IPixelContract
{
    IEstimator<ITransformer> CreateStep(MLContext ml);
}
