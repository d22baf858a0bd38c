using System.Globalization;
using Microsoft.ML.Runtime;
using VisualSentiment.LibTorch;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>A network trained end to end on the labels: the paper's way.</summary>
internal sealed class NetworkTeacher : TrainableTeacher
{
    public required NetworkDefinition Network { get; init; }

    public required TeacherTrainingOptions Training { get; init; }

    public override string Name => Network.Name;

    internal override IEnumerable<string> FindErrors() =>
        [.. Training.ToSchedule().FindErrors($"{Name}: "), .. Network.Weights?.FindErrors(Name) ?? []];

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run)
    {
        if (Network is { NeedsPretraining: true, Weights: null })
            run.Log.Warning(MessageSensitivity.None,
                "{0} starts from random weights, which {1} epochs at a learning rate of {2} change little. "
                + "Use pretrained weights where there are any, or a higher learning rate, more epochs and more images.",
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
            var loop = new TrainingLoop(set, Training.ToSchedule(), Network.Normalization, TrainingStage.TrainingTeacher, run)
            {
                LossIsMeanOverImages = true,
                Random = seeded,
                Checkpoint = run.CheckpointAt("teacher", () => [
                    ("teacher", Name), ("weights", Network.Weights?.Weights.ToString() ?? "random"),
                    .. Training.ToSchedule().Settings(), .. set.Settings()]),
            };
            var history = loop.Fit(network.Module, labels).History;
            return new TrainedTeacher(new NetworkClassifier(network, set.Classes, set.Fit, Network.Normalization), parameters, history);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
