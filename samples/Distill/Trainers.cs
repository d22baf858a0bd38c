using Microsoft.ML;
using VisualSentiment;

namespace Distill;

/// <summary>The trainers and options that the settings describe.</summary>
/// <param name="distilled">The distilled student; for hard labels, the same network starts with random weights.</param>
internal sealed class Trainers(MLContext ml, DistillSettings settings, Student distilled, CancellationToken cancellation)
{
    private readonly Student _student = StudentChoice.Create(settings.Student);
    private readonly IDataView? _unlabeled = settings.Unlabeled is null ? null : ml.Data.LoadUnlabeledImages(settings.Unlabeled);

    public TrainableTeacher Teacher { get; } = TeacherChoice.Create(settings);

    public string StudentName => distilled.Name;

    /// <summary>The name of the student on hard labels, which starts with random weights.</summary>
    public string PlainStudentName => _student.Name;

    public long CountParameters(int classes) => _student.CountParameters(classes).Trainable;

    public TeacherTrainer ForTeacher(IProgress<TrainingProgress> progress) => ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
    {
        Teacher = Teacher,
        CacheFolder = settings.Cache,
        CacheLimit = settings.CacheLimit,
        Progress = progress,
        CancellationToken = cancellation,
    });

    public long CountMultiplyAdds(int classes) => _student.CountMultiplyAdds(classes);

    public KnowledgeDistillationOptions ForStudent(IProgress<TrainingProgress> progress, Teacher teacher)
    {
        KnowledgeDistillationOptions options = Common(progress) with
        {
            Recipe = "distilled",
            Student = distilled,
            Teacher = teacher,
            Loss = CreateLoss(settings.Temperature),
            Unlabeled = _unlabeled is null ? null : new(_unlabeled) { Share = settings.UnlabeledShare },
            LinearProbe = settings.LinearProbe,
        };
        return settings.FeatureWeight == 0 ? options
            : options with { Features = new() { Epochs = 0, Weight = settings.FeatureWeight } };
    }

    /// <summary>The same student, images and number of steps, with hard labels only.</summary>
    public KnowledgeDistillationOptions ForHardLabels(IProgress<TrainingProgress> progress)
    {
        KnowledgeDistillationOptions options = Common(progress) with { Recipe = "hard labels", Loss = DistillationLosses.HardLabels };
        return _unlabeled is null ? options : options with { Epochs = (int)Math.Round(settings.Epochs / (1 - settings.UnlabeledShare)) };
    }

    private DistillationLoss CreateLoss(double temperature) => (settings.Loss, settings.HardWeight) switch
    {
        (_, 0) => LossChoice.Create(settings.Loss, temperature)!,
        (LossChoice.Paper, 1) => DistillationLosses.HardLabels,
        // The factor T^2 of the KL divergence keeps the balance with the labels.
        (LossChoice.Paper, _) => DistillationLosses.Hinton(temperature, settings.HardWeight),
        _ => LossChoice.Create(settings.Loss, temperature)!.WithHardLabels(settings.HardWeight),
    };

    private KnowledgeDistillationOptions Common(IProgress<TrainingProgress> progress) => DistillationRecipes.Paper with
    {
        Student = _student,
        Epochs = settings.Epochs,
        BatchSize = settings.BatchSize,
        LearningRate = settings.LearningRate,
        LearningRateSchedule = settings.Cosine ? LearningRateSchedule.Cosine : LearningRateSchedule.Constant,
        WeightDecay = settings.WeightDecay,
        Augmentation = settings.CreateAugmentation(),
        CacheFolder = settings.Cache,
        CacheLimit = settings.CacheLimit,
        Progress = progress,
        CancellationToken = cancellation,
    };
}
