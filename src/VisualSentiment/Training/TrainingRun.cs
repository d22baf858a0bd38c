using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.Common;
using VisualSentiment.LibTorch;

namespace VisualSentiment.Training;

/// <summary>The settings that all parts of a run share.</summary>
internal sealed record TrainingRun(
    IChannel Log, IProgress<TrainingProgress>? Progress, int Seed, CancellationToken CancellationToken)
{
    /// <summary>The folder of teachers' cached outputs; null for a cache in memory.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>The maximum size of a teacher's cache file in bytes.</summary>
    public long CacheLimit { get; init; } = ImageTrainingOptions.DefaultCacheLimit;

    /// <summary>Objects that several parts of the run use, by name.</summary>
    public Dictionary<string, object> Shared { get; } = [];

    public DeviceType Device { get; init; } = DeviceType.CPU;

    /// <summary>The folder of checkpoints; null for none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Distinguishes the checkpoints of several trainings of one kind.</summary>
    public string CheckpointSuffix { get; init; } = "";

    /// <exception cref="ArgumentException">The device is not available.</exception>
    public static TrainingRun Start(ImageTrainingOptions options, IHostEnvironment environment, IChannel log) => new(
        log, options.Progress, options.Seed ?? CatalogEnvironment.SeedOf(environment) ?? Random.Shared.Next(),
        options.CancellationToken)
    {
        CacheFolder = options.CacheFolder,
        CacheLimit = options.CacheLimit,
        CheckpointFolder = options.CheckpointFolder,
        Device = TorchDevices.Resolve(options.Device),
    };

    /// <summary>
    /// Gets the checkpoint of the training of <paramref name="name"/>; null without a folder. The settings are
    /// everything that affects the training besides seed and device. They are costly and only computed if there is a
    /// folder.
    /// </summary>
    public Checkpoint? CheckpointAt(string name, Func<IEnumerable<(string Name, string Value)>> settings) =>
        CheckpointFolder is null ? null
        : new Checkpoint(Path.Combine(Path.GetFullPath(CheckpointFolder), $"{name}{CheckpointSuffix}.checkpoint"),
            [("seed", Seed.ToString(CultureInfo.InvariantCulture)), ("device", Device.ToString()), .. settings()]);

    public void Report(TrainingStage stage, int done, int all)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Progress?.Report(new TrainingProgress(stage, 1, 1, done, all, double.NaN));
    }
}
