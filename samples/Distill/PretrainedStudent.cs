using Microsoft.ML;
using VisualSentiment;

namespace Distill;

/// <summary>The initial weights of the distilled student: random, from a file, or pretrained on the features of the teacher's backbone.</summary>
internal static class PretrainedStudent
{
    private const string FileName = "student.safetensors";
    private const string FolderName = "students";

    /// <summary>The student that every distillation of a run starts with.</summary>
    public static Student Create(DistillSettings settings, CancellationToken cancellation)
    {
        Student student = StudentChoice.Create(settings.Student);
        if (settings.StudentWeights is { } weights)
            return Directory.Exists(weights) ? student : student.WithWeights(weights);
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

    /// <summary>The same for a fold, whose student can come from an earlier run with the same folds.</summary>
    public static Student ContinueFold(MLContext ml, DistillSettings settings, Student student, IDataView train, int seed, int fold, CancellationToken cancellation)
    {
        if (Directory.Exists(settings.StudentWeights))
            return student.WithWeights(FileOf(settings.StudentWeights, seed, fold));
        if (settings.PretrainTrainingEpochs == 0)
            return student;
        Student pretrained = Continue(ml, settings, student, train, cancellation);
        string folder = Directory.CreateDirectory(Path.Combine(settings.Output, FolderName)).FullName;
        pretrained.SaveWeights(FileOf(folder, seed, fold));
        return pretrained;
    }

    /// <summary>The path of the student of a fold in a folder of students.</summary>
    public static string FileOf(string folder, int seed, int fold) => Path.Combine(folder, $"seed{seed}-fold{fold}.safetensors");

    /// <exception cref="FileNotFoundException">The folder has no student for a fold.</exception>
    public static void CheckFolds(DistillSettings settings)
    {
        if (!Directory.Exists(settings.StudentWeights))
            return;
        for (int seed = settings.Seed; seed < settings.Seed + settings.Seeds; seed++)
            for (int fold = 1; fold <= settings.Folds; fold++)
                if (FileOf(settings.StudentWeights, seed, fold) is var file && !File.Exists(file))
                    throw new FileNotFoundException($"--student-weights has no student for seed {seed}, fold {fold} of {settings.Folds}: '{file}' does not exist. Pass the folder of a run with the same folds and seeds.");
    }

    /// <summary>All student files of a folder.</summary>
    public static IEnumerable<string> FilesOf(string folder) => Directory.GetFiles(folder, "seed*-fold*.safetensors").Order(StringComparer.Ordinal);

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
