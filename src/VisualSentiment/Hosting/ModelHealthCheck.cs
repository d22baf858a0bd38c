using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VisualSentiment.Hosting;

internal sealed class ModelHealthCheck(IServiceProvider provider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failure)
    {
        Dictionary<string, object> data = [];
        List<string> degraded = [];
        foreach (string name in provider.GetServices<VisualSentimentBuilder>().Select(model => model.Name).Distinct())
        {
            HostedSentimentDetector detector;
            try
            {
                detector = provider.GetRequiredKeyedService<HostedSentimentDetector>(name);
            }
            catch (Exception e)
            {
                return new HealthCheckResult(failure, e.Message, e, data);
            }
            data[$"{name}.path"] = detector.ModelPath;
            data[$"{name}.classes"] = detector.Classes;
            data[$"{name}.loaded_at"] = detector.LoadedAt;
            if (detector.LastFailure is not { } last)
                continue;
            data[$"{name}.failed_at"] = last.At;
            degraded.Add($"The model '{name}' is an earlier version of its file. {last.Message}");
        }
        return degraded.Count == 0 ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded(string.Join(" ", degraded), data: data);
    }
}
