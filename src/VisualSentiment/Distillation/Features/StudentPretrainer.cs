using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Teaching;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Distillation.Features;

/// <summary>
/// Trains a student to predict a backbone's features instead of classes. All but the last layer then serve any task.
/// </summary>
internal static class StudentPretrainer
{
    public static Student Run(IDataView images, StudentPretrainingOptions options, IHostEnvironment environment)
    {
        options.ThrowIfInvalid();
        return ContextCancellation.Run(
            environment, cancellation => Run(images, options, environment, cancellation), options.CancellationToken);
    }

    private static Student Run(IDataView images, StudentPretrainingOptions options, IHostEnvironment environment,
        CancellationToken cancellation)
    {
        using var log = environment.Start(nameof(VisualSentimentCatalog.PretrainStudent));
        TrainingRun run = TrainingRun.Start(options, environment, log) with { CancellationToken = cancellation };
        using var scope = TorchSharp.torch.NewDisposeScope();
        LibTorchBackend.EnsureLoaded();
        using var set = TrainingSet.LoadUnlabeled(images, options, run);
        using CachedBackbone backbone =
            options.Teacher!.OpenFeatures(run, options.Hints ? HintedNetwork.FindSides(options.Student) : []);
        HintedNetwork.WarnOfAnotherBackbone(options.Student, options.Teacher, backbone, log);
        var loss = new FeatureLoss(backbone, FeatureStatistics.Of(backbone, set, run));
        var views = new TrainingViews(set.Pixels, options.Augmentation, run.Seed);

        using var seeded = SeededTorch.Begin(run.Seed);
        IReadOnlySet<string> head = options.Student.FindHead();
        using var network =
            HintedNetwork.Create(options.Student, backbone.EmbeddingWidth, backbone.Maps, backbone.Network);
        var loop = new TrainingLoop(
            set, options.ToSchedule(), options.Student.Normalization, TrainingStage.PretrainingStudent, run)
        {
            LossIsMeanOverImages = true,
            Random = seeded,
            Views = views,
            Plan = () => new EpochPlan(set.TrainingPart, [], 0, views.Count, run.Seed),
            Mixup = options.Augmentation?.Mixup ?? 0,
            Checkpoint = run.CheckpointAt("pretraining", () =>
            [
                ("student", options.Student.Name),
                ("features", backbone.Fingerprint),
                ("augmentation", options.Augmentation?.ToString() ?? "none"),
                .. options.ToSchedule().Settings(),
                .. set.Settings(),
            ]),
        };
        loop.Fit(network.Module, loss);
        return options.Student.With(StudentWeights.Of(
            HintedNetwork.StudentOf(network), head, HintedNetwork.RegressorsOf(network, backbone.Network)));
    }
}
