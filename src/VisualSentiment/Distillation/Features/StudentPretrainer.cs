using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.Common;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Teaching;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

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
        using var scope = NewDisposeScope();
        LibTorchBackend.EnsureLoaded();
        using var set = TrainingSet.LoadUnlabeled(images, options, run);
        using CachedBackbone backbone =
            options.Teacher!.OpenFeatures(run, options.Hints ? HintedNetwork.FindSides(options.Student) : []);
        HintedNetwork.WarnOfAnotherBackbone(options.Student, options.Teacher, backbone, log);
        var views = new TrainingViews(set.Pixels, options.Augmentation, run.Seed);
        var loss = new FeatureLoss(backbone, FeatureStatistics.Of(
            backbone, set, new TrainingViews(set.Pixels, null, run.Seed), run));
        return Train(options.Student, set, backbone, loss, options.ToSchedule(), views,
            () => new EpochPlan(set.TrainingPart, [], 0, views.Count, run.Seed), options.Augmentation,
            unlabeledShare: 0, "pretraining", run);
    }

    /// <summary>Trains a student on features and returns it with the trained weights.</summary>
    public static Student Train(Student student, TrainingSet set, CachedBackbone backbone, FeatureLoss loss,
        TrainingSchedule schedule, TrainingViews views, Func<EpochPlan> plan, ImageAugmentation? augmentation,
        double unlabeledShare, string checkpoint, TrainingRun run)
    {
        using var seeded = SeededTorch.Begin(run.Seed);
        IReadOnlySet<string> head = student.FindHead();
        using var network = HintedNetwork.Create(student, backbone.EmbeddingWidth, backbone.Maps, backbone.Network);
        var loop = new TrainingLoop(set, schedule, student.Normalization, TrainingStage.PretrainingStudent, run)
        {
            LossIsMeanOverImages = true,
            Random = seeded,
            Views = views,
            Plan = plan,
            Mixup = augmentation?.Mixup ?? 0,
            MeasuresAccuracy = false,
            Checkpoint = run.CheckpointAt(checkpoint, () =>
            [
                ("student", student.Name),
                ("features", backbone.Fingerprint),
                ("augmentation", augmentation?.ToString() ?? "none"),
                .. set.Unlabeled.Count == 0 ? Array.Empty<(string, string)>()
                    : [("share of images without labels", unlabeledShare.ToString("R", CultureInfo.InvariantCulture))],
                .. schedule.Settings(),
                .. set.Settings(),
            ]),
        };
        loop.Fit(network.Module, loss);
        if (run.Device != DeviceType.CPU)
            network.Module.to(CPU);
        return student.With(StudentWeights.Of(
            HintedNetwork.StudentOf(network), head, HintedNetwork.RegressorsOf(network, backbone.Network)));
    }
}
