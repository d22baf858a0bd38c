using Microsoft.ML;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Tests.Prediction;

/// <summary>An estimator that gives back a transformer it was given, with the promise that trainers make.</summary>
internal sealed class ReadyMadeEstimator(SentimentTransformer transformer) : IEstimator<SentimentTransformer>
{
    public SentimentTransformer Fit(IDataView input) => transformer;

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => SentimentSchema.GetOutputSchema(inputSchema);
}
