using Microsoft.ML;
using VisualSentiment;

namespace Distill;

/// <summary>The initial weights of the distilled student: random, from a file, or pretrained on the features of the teacher's backbone.</summary>
internal static class PretrainedStudent
{
    private const string FileName = "student.safetensors";

    /// <summary>The student that every distillation of a run starts with.</summary>
    public static Student Create(DistillSettings settings, CancellationToken cancellation)
    {
        Student student = StudentChoice.Create(settings.Student);
        if (settings.StudentWeights is { } weights)
            return student.WithWeights(weights);
        if (settings.Pretrain is null)
            return student;

        var ml = new MLContext(settings.Seed);
        Directory.CreateDirectory(settings.Output);
        TrainingDisplay.ShowWarnings(ml);
        // A run that is stopped later need not repeat the pretraining.
        Student pretrained = Pretrain(ml, settings, student, ml.Data.LoadUnlabeledImages(settings.Pretrain), settings.Pretrain, settings.PretrainEpochs, new StudentPretrainingOptions().BatchSize, settings.PretrainViews,
            checkpoints: Path.Combine(settings.Output, "pretraining"), cancellation);
        string file = Path.Combine(settings.Output, FileName);
        pretrained.SaveWeights(file);
        Screen.Line($"Written: {file}, for --student-weights");
        return pretrained;
    }

    /// <summary>Pretrains a student on the training images, in the same views, with --pretrain-training-epochs.</summary>
    public static Student Continue(MLContext ml, DistillSettings settings, Student student, IDataView train, CancellationToken cancellation) =>
        settings.PretrainTrainingEpochs == 0 ? student
            : Pretrain(ml, settings, student, train, "the training images", settings.PretrainTrainingEpochs,
                settings.BatchSize, settings.Views, checkpoints: null, cancellation);

    private static Student Pretrain(MLContext ml, DistillSettings settings, Student student, IDataView images, string where, int epochs, int batchSize, int views, string? checkpoints, CancellationToken cancellation) =>
        TrainingDisplay.Run($"Student ({student.Name}), learning the features of the teacher's backbone on {where}",
            progress => ml.MulticlassClassification.PretrainStudent(images, new StudentPretrainingOptions
            {
                Teacher = Teachers.Onnx(TeacherChoice.FileOf(settings.Teacher)!, PixelNormalization.MinusOneToOne),
                Student = student,
                Epochs = epochs,
                BatchSize = batchSize,
                Augmentation = views == 0 ? null : new ImageAugmentation { Views = views },
                CacheFolder = settings.Cache,
                CacheLimit = settings.CacheLimit,
                CheckpointFolder = checkpoints,
                Progress = progress,
                CancellationToken = cancellation,
            }));
}
