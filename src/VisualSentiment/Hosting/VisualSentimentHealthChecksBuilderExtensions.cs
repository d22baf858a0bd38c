using Microsoft.Extensions.Diagnostics.HealthChecks;
using VisualSentiment.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register health checks.</summary>
public static class VisualSentimentHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a health check of all models that <c>AddVisualSentiment</c> registers. It is degraded while the file of a
    /// model is missing or cannot replace the current model, and fails if a model cannot be loaded. Its data are the
    /// path, the classes and the time of loading of each model, and the last failure.
    /// </summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The name of the health check.</param>
    /// <param name="failureStatus">The status of a failure, or null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The tags of the health check, or null for none.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddVisualSentiment(this IHealthChecksBuilder builder,
        string name = "visualsentiment", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, provider => new ModelHealthCheck(provider), failureStatus, tags));
    }
}
