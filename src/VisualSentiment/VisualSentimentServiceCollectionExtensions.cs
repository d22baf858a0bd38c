using VisualSentiment;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register a detector.</summary>
public static class VisualSentimentServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="SentimentDetector"/> as a singleton, which is also the <see cref="ISentimentDetector"/>. The
    /// model is loaded when the service is first resolved; an <see cref="InvalidModelException"/> is thrown then.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="modelPath">The path of an <c>.onnx</c> file, or of a model saved with <c>ml.Model.Save</c>.</param>
    /// <param name="options">Options of the detector, or null for the defaults.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range.</exception>
    public static IServiceCollection AddVisualSentiment(
        this IServiceCollection services, string modelPath, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        options?.Validate(nameof(options));
        return services.AddSingleton(_ => SentimentDetector.Load(modelPath, options))
            .AddSingleton<ISentimentDetector>(provider => provider.GetRequiredService<SentimentDetector>());
    }
}
