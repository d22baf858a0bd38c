using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Distillation;
using VisualSentiment.Distillation.Features;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Quantization;
using VisualSentiment.Teaching;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>
/// Distills a student from a teacher. The teacher's logits of every training image are computed once. The trained
/// student is exported to ONNX, compared with the trained network, and returned as a transformer that needs no libtorch.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Input columns</term><description>
/// a label (text or key) and an image (path, bytes or <c>MLImage</c>)</description></item>
/// <item><term>Output columns</term><description><c>PredictedLabel</c> (key) and <c>Score</c> (vector of C probabilities)</description></item>
/// <item><term>Packages besides this one</term><description>a libtorch backend, such as libtorch-cpu-linux-x64, for <c>Fit</c> only</description></item>
/// <item><term>Exportable to ONNX</term><description>yes, with <see cref="SentimentTransformer.SaveAsOnnx(string)"/></description></item>
/// </list>
/// </remarks>
public sealed class KnowledgeDistillationTrainer : IEstimator<SentimentTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly KnowledgeDistillationOptions _options;

    internal KnowledgeDistillationTrainer(IHostEnvironment environment, KnowledgeDistillationOptions options)
    {
        _environment = environment;
        _options = options;
    }

    /// <summary>Trains the teacher, if it is trainable, and then the student.</summary>
    /// <param name="input">The labeled images.</param>
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    /// <exception cref="TrainingDataException">The data are invalid; the message lists the problems.</exception>
    /// <exception cref="NotSupportedException">
    /// The student has modules that cannot be exported; the message names them.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The teacher has other classes or another class order than the labels, or the loss is not finite.
    /// </exception>
    /// <exception cref="LibTorchUnavailableException">No libtorch backend could be loaded.</exception>
    /// <exception cref="OperationCanceledException">
    /// The options' token canceled the run, or the <see cref="MLContext"/> was canceled, as AutoML does when its time is up.
    /// </exception>
    public SentimentTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _options.ThrowIfInvalid();
        return ContextCancellation.Run(
            _environment, cancellation => Train(input, cancellation), _options.CancellationToken);
    }

    /// <summary>
    /// Trains the teacher, if it is trainable, and then the student, and evaluates validation images after every epoch.
    /// </summary>
    /// <param name="trainData">The labeled images to train on.</param>
    /// <param name="validationData">
    /// The labeled images to evaluate; null uses <see cref="KnowledgeDistillationOptions.ValidationSet"/>.
    /// </param>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public SentimentTransformer Fit(IDataView trainData, IDataView? validationData) =>
        validationData is null ? Fit(trainData) : new KnowledgeDistillationTrainer(
            _environment, _options with { ValidationSet = validationData }).Fit(trainData);

    private SentimentTransformer Train(IDataView input, CancellationToken cancellation)
    {
        using var log = _environment.Start(nameof(KnowledgeDistillationTrainer));
        TrainingRun run = TrainingRun.Start(_options, _environment, log) with { CancellationToken = cancellation };
        DistillationLoss loss = _options.Loss;
        using var scope = NewDisposeScope();
        ThrowIfNotExportable(_options.Student);
        Teacher? featureTeacher = _options.FeatureTeacher;
        if (featureTeacher is not null)
            HintedNetwork.ThrowIfWithoutLastLayer(_options.Student);
        else if (_options.Features is not null && loss.UsesTeacher)
            log.Warning(MessageSensitivity.None, "The teacher '{0}' has no backbone, so the student is trained without "
                + "features. Set Features to null, or Features.Teacher to a teacher with a backbone.", _options.Teacher!.Name);
        if (_options.LinearProbe)
            LinearProbe.ThrowIfWithoutDenseLayer(_options.Student);
        bool fitsLastLayer = _options.LinearProbe && LinearProbe.IsUseful(_options.Student);

        using var set = TrainingSet.Load(input, _options, run, _options.Unlabeled?.Images, _options.ValidationSet);
        // Before training: it reads the files of teachers, and one that is missing later must not cost a trained student.
        IReadOnlyDictionary<string, string> settings = DescribeSettings(run.Seed, fitsLastLayer, log);
        using CachedBackbone? features = featureTeacher?.OpenFeatures(
            run, _options.Features!.Hints ? HintedNetwork.FindSides(_options.Student) : []);
        if (features is not null)
            HintedNetwork.WarnOfAnotherBackbone(_options.Student, featureTeacher!, features, log);
        using PreparedTeacher? teacher = loss.UsesTeacher ? Prepare(_options.Teacher!, set, features, run) : null;
        var (network, trained, result) = TrainStudent(set, loss, teacher, features, fitsLastLayer, run);
        using (network)
        {
            byte[] model = Export(network, set, Describe(set, loss, result, settings));
            // The transformer holds sessions, so all that can fail comes before it.
            DistillationReport? report = set.ValidationPart.Count == 0 ? null
                : ValidationReport.Create(set, model, teacher, loss.Temperature, result.History, cancellation);
            CalibrationImages? calibration = _options.KeepCalibrationImages ? KeepCalibrationImages(set, log) : null;
            string image = _options.ImageColumnName;
            return new SentimentTransformer(model, image, input.Schema[image].Type, _options.AddedColumns)
            {
                Student = trained,
                History = result.History,
                Report = report,
                Calibration = calibration,
            };
        }
    }

    /// <summary>Returns the schema with the columns that the distilled student adds.</summary>
    /// <param name="inputSchema">The columns of the training data.</param>
    /// <exception cref="TrainingDataException">The label or image column is missing or has an unsupported type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _options.ThrowIfColumnsUnfit(inputSchema, _options.Unlabeled?.Images, _options.ValidationSet);
        return SentimentSchema.GetOutputSchema(inputSchema, _options.AddedColumns);
    }

    private PreparedTeacher Prepare(Teacher teacher, TrainingSet set, CachedBackbone? features, TrainingRun run)
    {
        PreparedTeacher ready = teacher.Prepare(set, run);
        if (ready.RequiresPixels || (set.Unlabeled.Count == 0 && _options.Augmentation is not { Mixup: > 0 }))
            return features is null ? ready : ready.WithSharedBackbone(features);
        ready.Dispose();
        bool unlabeled = set.Unlabeled.Count > 0;
        throw new InvalidOperationException($"The teacher '{teacher.Name}' provides precomputed scores of the labeled images and "
            + $"cannot score {(unlabeled ? "images without labels" : "mixed images")}. Leave "
            + $"{(unlabeled ? nameof(KnowledgeDistillationOptions.Unlabeled) : nameof(ImageAugmentation.Mixup))} out, "
            + "or choose a teacher that computes its scores.");
    }

    private static byte[] Export(OwnedNetwork network, TrainingSet set, OnnxModelInfo info)
    {
        nn.Module<Tensor, Tensor> student = HintedNetwork.StudentOf(network);
        using var pause = new FinalizerPause();
        pause.BeforeStep();
        byte[] model = OnnxExporter.Export(student, info);
        ExportCheck.ThrowIfDifferent(student, model, set, info.Normalization);
        return model;
    }

    /// <param name="set">The images.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="teacher">The teacher that the loss uses; null for none.</param>
    /// <param name="features">The features to match beside the classes; null for none.</param>
    /// <param name="fitsLastLayer">Whether the last layer is fitted to the teacher's logits first.</param>
    /// <param name="run">The run.</param>
    private (OwnedNetwork Network, Student Trained, TrainingResult Result) TrainStudent(TrainingSet set, DistillationLoss loss,
        PreparedTeacher? teacher, CachedBackbone? features, bool fitsLastLayer, TrainingRun run)
    {
        var views = new TrainingViews(set.Pixels, _options.Augmentation, run.Seed);
        TrainingSchedule schedule = _options.ToSchedule();
        double share = _options.Unlabeled?.ShareOf(set.TrainingPart.Count, set.Unlabeled.Count) ?? 0;
        EpochPlan Plan() => new(set.TrainingPart, set.Unlabeled, share, views.Count, run.Seed);
        FeatureLoss? featureLoss = features is null ? null : new FeatureLoss(features, FeatureStatistics.Of(features, set, views, run));
        Student student = _options.Student;
        if (featureLoss is not null && _options.Features!.Epochs > 0)
            student = StudentPretrainer.Train(student, set, features!, featureLoss, _options.Features.ToSchedule(_options.BatchSize),
                views, Plan, _options.Augmentation, share, "features", run);

        bool mixes = _options.Augmentation is { Mixup: > 0 };
        using PrecomputedLogits? teacherLogits = mixes && teacher is not null ? null
            : PrecomputedLogits.Compute(teacher, Plan(), schedule.Epochs, views, set.Classes.Count, run);
        bool besideClasses = featureLoss is not null && _options.Features!.Weight > 0;

        using var seeded = SeededTorch.Begin(run.Seed);
        var network = !besideClasses ? student.Create(set.Classes.Count)
            : HintedNetwork.CreateForClasses(student, set.Classes.Count, features!.EmbeddingWidth, features.Maps, features.Network);
        try
        {
            long[] known = [.. set.Labels.Select(label => (long)label), .. set.Unlabeled.Select(_ => DistillationLoss.NoLabel)];
            using Tensor labels = tensor(known, device: device(run.Device));
            var loop = new TrainingLoop(set, schedule, student.Normalization, TrainingStage.TrainingStudent, run)
            {
                LossIsMeanOverImages = loss.IsMeanOverImages,
                Random = seeded,
                Views = views,
                Plan = Plan,
                Mixup = _options.Augmentation?.Mixup ?? 0,
                MixGroupOf = teacher is null ? _ => 0 : teacher.MixGroupOf,
                Checkpoint = run.CheckpointAt("student", () => Settings(set, loss, student, share, teacherLogits, features, schedule)),
            };
            if (fitsLastLayer && teacher is not null && teacherLogits is not null)
                LinearProbe.Fit(HintedNetwork.StudentOf(network), set.TrainingPart, views, teacherLogits, schedule.Epochs, student.Normalization, run);
            IBatchLoss batchLoss = new DistillationBatchLoss(loss, teacherLogits, mixes ? teacher : null, labels);
            var result = loop.Fit(network.Module, besideClasses
                ? new LossWithFeatures(batchLoss, featureLoss!, set.Classes.Count, _options.Features!.Weight) : batchLoss);
            if (run.Device != DeviceType.CPU)
                network.Module.to(CPU);
            Student trained = student.With(StudentWeights.Of(HintedNetwork.StudentOf(network), student.FindHead(),
                besideClasses ? HintedNetwork.RegressorsOf(network, features!.Network) : student.Features));
            return (network, trained, result);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private IReadOnlyList<(string Name, string Value)> Settings(TrainingSet set, DistillationLoss loss, Student student,
        double unlabeledShare, PrecomputedLogits? teacherLogits, CachedBackbone? features, TrainingSchedule schedule) =>
    [
        // With the fingerprint of the weights that the features stage ended with.
        ("student", student.Name),
        ("loss", loss.Name),
        ("teacher", loss.UsesTeacher ? _options.Teacher!.Name : "none"),
        // The logits determine the training, whatever the teacher is. Those of mixed images are not known yet.
        ("teacher's logits", teacherLogits is null ? $"of mixed images, {_options.Teacher!.Fingerprint()}" : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(teacherLogits.Logits.AsSpan())).AsSpan(0, 8))),
        ("features", features is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{features.Fingerprint}, weight {_options.Features!.Weight}")),
        .. _options.LinearProbe && loss.UsesTeacher ? [("linear probe", "yes")] : Array.Empty<(string, string)>(),
        ("augmentation", _options.Augmentation?.ToString() ?? "none"),
        ("share of images without labels", set.Unlabeled.Count == 0 ? "none" : unlabeledShare.ToString("R", CultureInfo.InvariantCulture)),
        .. schedule.Settings(),
        .. set.Settings(),
    ];

    private Dictionary<string, string> DescribeSettings(int seed, bool fitsLastLayer, IChannel log)
    {
        var settings = DistillationSettings.Of(_options).ToDictionary(setting => setting.Name, setting => setting.Value);
        settings["seed"] = seed.ToString(CultureInfo.InvariantCulture);
        if (_options.LinearProbe && !fitsLastLayer)
        {
            settings[DistillationSettings.LinearProbe] = "skipped";
            log.Info(MessageSensitivity.None, "The linear probe is skipped, because the student '{0}' has batch "
                + "normalization and is not pretrained.", _options.Student.Name);
        }
        return settings;
    }

    private OnnxModelInfo Describe(TrainingSet set, DistillationLoss loss, TrainingResult result,
        IReadOnlyDictionary<string, string> settings)
    {
        var (history, kept) = result;
        EpochResult last = history[kept - 1];
        var metrics = new Dictionary<string, string>
        {
            [OnnxModelInfo.StudentMetric] = _options.Student.Name,
            ["training_images"] = set.TrainingPart.Count.ToString(CultureInfo.InvariantCulture),
            ["epochs"] = kept.ToString(CultureInfo.InvariantCulture),
            ["training_loss"] = last.Loss.ToString("R", CultureInfo.InvariantCulture),
        };
        if (last.ValidationAccuracy is { } accuracy)
            metrics["validation_accuracy"] = accuracy.ToString("R", CultureInfo.InvariantCulture);
        return new OnnxModelInfo
        {
            Classes = set.Classes,
            Fit = set.Fit,
            Normalization = _options.Student.Normalization,
            Teacher = loss.UsesTeacher ? _options.Teacher!.Name : null,
            Temperature = loss.Temperature,
            Loss = loss.Name,
            Recipe = _options.Recipe,
            Settings = settings,
            Metrics = metrics,
        };
    }

    private static CalibrationImages? KeepCalibrationImages(TrainingSet set, IChannel log)
    {
        try
        {
            return CalibrationImages.Keep(set.TrainingPart, set.ValidationPart, set.Labels, image => set.Pixels[image]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            // A disk that is full or closed to this process must not cost a trained student.
            log.Warning(MessageSensitivity.None, "No calibration images were kept ({0}); pass CalibrationData to SaveAsOnnx instead.", e.Message);
            return null;
        }
    }

    private static void ThrowIfNotExportable(Student student)
    {
        var unsupported = student.Inspect(OnnxExporter.FindUnsupported);
        if (unsupported.Count > 0)
            throw new NotSupportedException($"The student '{student.Name}' cannot be exported to ONNX; unsupported modules: {string.Join(", ", unsupported)}. "
                + $"Use supported modules, or implement {nameof(IOnnxExportable)} on those modules.");
    }
}
