using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace VisualSentiment.Hosting;

/// <summary>Loads all models before the hosted services of the application start.</summary>
internal sealed class ModelStartup(IServiceProvider provider, IEnumerable<VisualSentimentBuilder> models)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (VisualSentimentBuilder model in models)
            await Task.Run(() => Resolve(model.Name), cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // If a test has replaced the interface by a fake, no model is required.
    private void Resolve(string name)
    {
        if (name != VisualSentimentBuilder.DefaultName || provider.GetService<ISentimentDetector>() is null)
            provider.GetRequiredKeyedService<ISentimentDetector>(name);
    }
}
