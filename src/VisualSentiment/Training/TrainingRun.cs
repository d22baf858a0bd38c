using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.LibTorch;

namespace VisualSentiment.Training;

/// <summary>What every part of a run shares: the log, the listener, the way to stop it, and the seed.</summary>
internal sealed record TrainingRun(IChannel Log, IProgress<TrainingProgress>? Progress, int Seed, CancellationToken CancellationToken)
{
    /// <summary>What networks are trained on.</summary>
    public DeviceType Device { get; init; } = DeviceType.CPU;

    /// <summary>The run that options ask for.</summary>
    /// <exception cref="ArgumentException">The device is not available.</exception>
    public static TrainingRun Start(ImageTrainingOptions options, IHostEnvironment environment, IChannel log) => new(
        log, options.Progress, options.Seed ?? CatalogEnvironment.SeedOf(environment) ?? Random.Shared.Next(), options.CancellationToken)
    {
        Device = TorchDevices.Resolve(options.Device),
    };

    public void Report(TrainingStage stage, int done, int all)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Progress?.Report(new TrainingProgress(stage, 1, 1, done, all, double.NaN));
    }
}
