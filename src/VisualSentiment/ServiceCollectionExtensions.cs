using Microsoft.Extensions.DependencyInjection;

namespace VisualSentiment;

/// <summary>Makes a detector available to any host that uses dependency injection.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Registers one <see cref="ISentimentDetector"/> for the whole application. The model is loaded when the detector is
    /// first asked for, which then throws <see cref="InvalidModelException"/> where it cannot be.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelPath">The path of an <c>.onnx</c> file, or of a model saved with <c>ml.Model.Save</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddVisualSentiment(this IServiceCollection services, string modelPath)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        return services.AddSingleton<ISentimentDetector>(_ => SentimentDetector.Load(modelPath));
    }
}
