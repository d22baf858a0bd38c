using Microsoft.ML;
using VisualSentiment;

namespace Distill;

/// <summary>The student that is distilled: one that begins at random, with the weights of a file, or with what it learned of the teacher's backbone first.</summary>
internal static class PretrainedStudent
{
    private const string FileName = "student.safetensors";

    public static Student Create(DistillSettings settings, CancellationToken cancellation)
    {
        Student student = StudentChoice.Create(settings.Student);
        if (settings.StudentWeights is { } weights)
            return student.WithWeights(weights);
        if (settings.Pretrain is null)
            return student;

        var ml = new MLContext(settings.Seed);
        Directory.CreateDirectory(settings.Output);
        Student pretrained = TrainingDisplay.Run($"Student ({student.Name}), learning what the teacher's backbone sees in {settings.Pretrain}",
            progress => ml.MulticlassClassification.PretrainStudent(ml.Data.LoadUnlabeledImages(settings.Pretrain), new StudentPretrainingOptions
            {
                Teacher = Teachers.Onnx(TeacherChoice.FileOf(settings.Teacher)!),
                Student = student,
                Epochs = settings.PretrainEpochs,
                Precision = settings.BFloat16 ? TrainingPrecision.BFloat16 : TrainingPrecision.Float32,
                CacheFolder = settings.Cache,
                // Where a run was stopped later, its pretraining need not be done again.
                CheckpointFolder = Path.Combine(settings.Output, "pretraining"),
                Progress = progress,
                CancellationToken = cancellation,
            }));
        string file = Path.Combine(settings.Output, FileName);
        pretrained.SaveWeights(file);
        Screen.Line($"Written: {file}, for --student-weights");
        return pretrained;
    }
}
