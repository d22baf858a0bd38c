using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.Common;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Training;

/// <summary>What every part of a run shares: the log, the listener, the way to stop it, and the seed.</summary>
internal sealed record TrainingRun(IChannel Log, IProgress<TrainingProgress>? Progress, int Seed, CancellationToken CancellationToken)
{
    /// <summary>Where what a teacher computed is kept between runs; null to keep it in memory.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>The most bytes that are kept there of a teacher.</summary>
    public long CacheLimit { get; init; } = ImageTrainingOptions.DefaultCacheLimit;

    /// <summary>What networks are trained on.</summary>
    public DeviceType Device { get; init; } = DeviceType.CPU;

    /// <summary>Where the state of trainings is kept after each epoch; null for nowhere.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Tells the checkpoints of several trainings of one kind apart.</summary>
    public string CheckpointSuffix { get; init; } = "";

    /// <summary>The run that options ask for.</summary>
    /// <exception cref="ArgumentException">The device is not available.</exception>
    public static TrainingRun Start(ImageTrainingOptions options, IHostEnvironment environment, IChannel log) => new(
        log, options.Progress, options.Seed ?? CatalogEnvironment.SeedOf(environment) ?? Random.Shared.Next(), options.CancellationToken)
    {
        CacheFolder = options.CacheFolder,
        CacheLimit = options.CacheLimit,
        CheckpointFolder = options.CheckpointFolder,
        Device = TorchDevices.Resolve(options.Device),
    };

    /// <summary>The checkpoint of one training of this run; null where none are kept.</summary>
    /// <param name="name">What is trained.</param>
    /// <param name="settings">What decides the training, besides the seed; not called where there is no folder.</param>
    public Checkpoint? CheckpointAt(string name, Func<IEnumerable<(string Name, string Value)>> settings) =>
        CheckpointFolder is null ? null
        : new Checkpoint(Path.Combine(Path.GetFullPath(CheckpointFolder), $"{name}{CheckpointSuffix}.checkpoint"),
            [("seed", Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("device", Device.ToString()), .. settings()]);

    public void Report(TrainingStage stage, int done, int all)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Progress?.Report(new TrainingProgress(stage, 1, 1, done, all, double.NaN));
    }
}
