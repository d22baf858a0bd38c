using System.Diagnostics;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation;

/// <summary>Kills a training process several times and resumes it from its checkpoints.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    // The student is wide, so that writing its state takes a while. Dropout, views and a validation part have random states of their own.
    private const string Program = """
        using Microsoft.ML;
        using Microsoft.ML.Transforms;
        using static TorchSharp.torch.nn;

        string folder = args[0], model = args[1];
        string? checkpoints = args.Length > 2 ? args[2] : null;
        var ml = new MLContext(seed: 3);
        var images = ml.Data.LoadImageFolder(folder);
        var data = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(images).Transform(images);
        using var student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.Network("narrow", classes => Sequential(
                ("conv", Conv2d(3, 8, kernel_size: 16, stride: 16)), ("bn", BatchNorm2d(8)), ("relu", ReLU()), ("pool", AdaptiveAvgPool2d(1)),
                ("flatten", Flatten()), ("dropout", Dropout(0.1)), ("fc", Linear(8, classes))), new TeacherTrainingOptions { Epochs = 3, BatchSize = 6, LearningRate = 0.02 }),
            Student = Students.Custom("wide", classes => Sequential(
                ("conv", Conv2d(3, 8, kernel_size: 16, stride: 16)), ("bn", BatchNorm2d(8)), ("relu", ReLU()), ("flatten", Flatten()),
                ("fc1", Linear(1568, 600)), ("relu1", ReLU()), ("dropout", Dropout(0.1)), ("fc2", Linear(600, classes)))),
            Loss = DistillationLosses.SoftTarget(1),
            Epochs = 14,
            BatchSize = 6,
            LearningRate = 0.002,
            LearningRateSchedule = LearningRateSchedule.Cosine,
            WeightDecay = 0.01,
            Augmentation = new() { Views = 2 },
            ValidationFraction = 0.25,
            KeepBestEpoch = true,
            CheckpointFolder = checkpoints,
            Progress = new Steps(),
        }).Fit(data);
        student.SaveAsOnnx(model);

        internal sealed class Steps : IProgress<TrainingProgress>
        {
            public void Report(TrainingProgress value)
            {
                if (value.Stage is TrainingStage.TrainingStudent or TrainingStage.TrainingTeacher)
                    Console.WriteLine($"{value.Stage} {value.Epoch} {value.Step}");
            }
        }
        """;

    private readonly DrawnImages _images = new(imagesPerClass: 5);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Training_that_is_killed_six_times_and_resumed_ends_with_the_same_bytes_as_training_without_interruption()
    {
        using var process = new FreshProcess(Program, FolderLayout.OneSystem);
        process.Environment["OMP_NUM_THREADS"] = "1";
        string whole = _folder["whole.onnx"], resumed = _folder["resumed.onnx"], checkpoints = _folder["checkpoints"];
        process.Run(_images.Folder, whole);

        // Every other kill comes after a random number of steps; the others as soon as a checkpoint is being written.
        const int Kills = 6;
        var random = new Random(11);
        int halfWritten = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            DateTime started = DateTime.UtcNow;
            using Process killed = process.Start(_images.Folder, resumed, checkpoints);
            _ = killed.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            if (kill % 2 == 0)
            {
                for (int left = random.Next(8); left >= 0; left--)
                    Assert.NotNull(killed.StandardOutput.ReadLine());
                // At a random moment between two steps.
                Thread.Sleep(random.Next(20));
            }
            else
                SpinWait.SpinUntil(() => killed.HasExited || HasUnfinished(checkpoints, started));
            killed.Kill();
            killed.WaitForExit();
            Assert.False(File.Exists(resumed));
            halfWritten += HasUnfinished(checkpoints, started) ? 1 : 0;
        }
        string[] last = process.Run(_images.Folder, resumed, checkpoints);

        Assert.InRange(halfWritten, 1, Kills);
        Assert.False(HasUnfinished(checkpoints, default));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
        Assert.DoesNotContain(last, line => line.StartsWith("TrainingTeacher 1", StringComparison.Ordinal));
    }

    // Files of earlier killed processes do not count.
    private static bool HasUnfinished(string checkpoints, DateTime since) =>
        Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "*.tmp").Any(file => File.GetLastWriteTimeUtc(file) > since);
}
