using System.Globalization;
using Microsoft.ML.Runtime;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>A network trained end to end on the labels, as in the paper.</summary>
internal sealed class NetworkTeacher : TrainableTeacher
{
    public required NetworkDefinition Network { get; init; }

    public required TeacherTrainingOptions Training { get; init; }

    public override string Name => Network.Name;

    internal override string Description
    {
        get
        {
            string weights = Path.GetFileName(Network.Weights?.Weights.ToString()) ?? "random";
            var training = Training.ToSchedule().Settings().Select(setting => $"{setting.Name} {setting.Value}");
            return $"{Name} (weights {weights}, {string.Join(", ", training)})";
        }
    }

    // The description has only the name of a weights file.
    internal override string Fingerprint() =>
        Network.Weights?.Weights.Path is { } path ? $"{Description}, weights {HashOf(path)}" : Description;

    internal override IEnumerable<string> FindErrors() =>
        [.. Training.ToSchedule().FindErrors($"{Name}: "), .. Network.Weights?.FindErrors(Name) ?? []];

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run)
    {
        if (Network is { NeedsPretraining: true, Weights: null })
            run.Log.Warning(MessageSensitivity.None,
                "{0} starts from random weights, which change little in {1} epochs at a learning rate of {2}. "
                + "Use pretrained weights if available, or a higher learning rate, more epochs and more images.",
                Name, Training.Epochs, Training.LearningRate.ToString(CultureInfo.InvariantCulture));
        string? weights = Network.Weights?.Locate(run);
        using var seeded = SeededTorch.Begin(run.Seed);
        using var scope = NewDisposeScope();
        var network = OwnedNetwork.Create(() => Network.Create(set.Classes.Count));
        try
        {
            if (weights is not null)
                Network.Weights!.Load(network.Module, weights, run);
            long parameters = ParameterCount.Of(network.Module).Trainable;
            using var labels = new LabelLoss(set, run.Device);
            var loop = new TrainingLoop(
                set, Training.ToSchedule(), Network.Normalization, TrainingStage.TrainingTeacher, run)
            {
                LossIsMeanOverImages = true,
                Random = seeded,
                Checkpoint = run.CheckpointAt("teacher", () => [
                    ("teacher", Name), ("weights", Network.Weights?.Weights.ToString() ?? "random"),
                    .. Training.ToSchedule().Settings(), .. set.Settings()]),
            };
            var history = loop.Fit(network.Module, labels).History;
            return new TrainedTeacher(
                new NetworkClassifier(network, set.Classes, set.Fit, Network.Normalization), parameters, history);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}

/// <summary>The definition of a network: its factory, its input normalization, and its pretrained weights.</summary>
internal sealed record NetworkDefinition(
    string Name, PixelNormalization Normalization, Func<int, nn.Module<Tensor, Tensor>> Create)
{
    public WeightsSource? Weights { get; init; }

    /// <summary>Whether training from random weights logs a warning.</summary>
    public bool NeedsPretraining { get; init; }
}

/// <summary>Runs a trained network in libtorch. Owns the network.</summary>
internal sealed class NetworkClassifier(
    OwnedNetwork network, IReadOnlyList<string> classes, ImageFit fit, PixelNormalization normalization)
    : PixelClassifier
{
    private readonly Lock _gate = new();
    private readonly Device _device = network.Module.parameters().First().device;
    private bool _disposed;

    public override IReadOnlyList<string> Classes { get; } = classes;

    public override ImageFit Fit { get; } = fit;

    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities) =>
        Run(pixels, count, softmax: true, probabilities);

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits) =>
        Run(pixels, count, softmax: false, logits);

    public override void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
                network.Dispose();
            _disposed = true;
        }
    }

    private void Run(ReadOnlySpan<byte> pixels, int count, bool softmax, Span<float> values)
    {
        // One at a time, because libtorch uses all cores for a single computation.
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            network.Module.eval();
            Tensor bytes = empty([count, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], ScalarType.Byte);
            pixels.CopyTo(bytes.bytes);
            Tensor logits = network.Module.call(ChannelsLast.Normalize(bytes.to(_device), normalization));
            (softmax ? logits.softmax(1) : logits).cpu().data<float>().CopyTo(values);
        }
    }
}
