using System.Globalization;
using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Support.ExportedModel;

namespace VisualSentiment.Tests.Distillation;

public sealed class ResumeTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 5);
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 3);

    public ResumeTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void A_resumed_run_ends_with_the_same_bytes_as_a_run_without_interruption()
    {
        IDataView data = _images.Load(_ml);
        byte[] uninterrupted = Export(Trainer(Options()).Fit(data));
        var random = new Random(5);
        string checkpoints = _folder["checkpoints"];

        int stops = 0;
        byte[]? resumed = null;
        while (resumed is null)
        {
            int left = random.Next(3, 8);
            using var stop = new CancellationTokenSource();
            try
            {
                resumed = Export(Trainer(Options(checkpoints, stop, () => { if (--left == 0) stop.Cancel(); }, onlyTraining: true)).Fit(data));
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }

        Assert.InRange(stops, 2, 200);
        Assert.Equal(uninterrupted, resumed);
    }

    [Fact]
    public void A_finished_run_is_not_run_again()
    {
        IDataView data = _images.Load(_ml);
        byte[] first = Export(Trainer(Options(_folder["checkpoints"])).Fit(data));
        int steps = 0;

        byte[] second = Export(Trainer(Options(_folder["checkpoints"], heard: () => steps++, onlyTraining: true)).Fit(data));

        Assert.Equal(first, second);
        Assert.Equal(0, steps);
    }

    [Fact]
    public void A_checkpoint_with_other_options_is_rejected_with_the_differences()
    {
        IDataView data = _images.Load(_ml);
        Trainer(Options(_folder["checkpoints"])).Fit(data).Dispose();

        var failure = Assert.Throws<InvalidOperationException>(() => Trainer(Options(_folder["checkpoints"], learningRate: 0.03)).Fit(data));

        Assert.Contains("learning rate: 0.02 in the checkpoint, 0.03 now", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("epochs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_other_images_is_rejected()
    {
        Trainer(Options(_folder["checkpoints"])).Fit(_images.Load(_ml)).Dispose();
        File.Copy(Path.Combine(_images.Folder, "calm", "00.png"), Path.Combine(_images.Folder, "calm", "01.png"), overwrite: true);

        var failure = Assert.Throws<InvalidOperationException>(() => Trainer(Options(_folder["checkpoints"])).Fit(_images.Load(_ml)));

        Assert.Contains("images: 15 with hash", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void A_damaged_checkpoint_is_rejected_with_its_name(double kept)
    {
        IDataView data = _images.Load(_ml);
        Trainer(Options(_folder["checkpoints"])).Fit(data).Dispose();
        string file = Path.Combine(_folder["checkpoints"], "teacher.checkpoint");
        using (var stream = new FileStream(file, FileMode.Open))
            stream.SetLength((long)(stream.Length * kept));

        var failure = Assert.Throws<InvalidOperationException>(() => Trainer(Options(_folder["checkpoints"])).Fit(data));

        Assert.Contains($"'{file}' is damaged", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_from_another_culture_is_resumed()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        IDataView data = _images.Load(_ml);
        int steps = 0;
        try
        {
            CultureInfo.CurrentCulture = comma;
            Trainer(Options(_folder["checkpoints"])).Fit(data).Dispose();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Trainer(Options(_folder["checkpoints"], heard: () => steps++, onlyTraining: true)).Fit(data).Dispose();

        Assert.Equal(0, steps);
    }

    [Fact]
    public void A_finished_run_leaves_one_checkpoint_per_stage_and_no_temporary_file()
    {
        IDataView data = _images.Load(_ml);
        Trainer(Options(_folder["checkpoints"])).Fit(data).Dispose();

        Assert.Equal(["student.checkpoint", "teacher.checkpoint"], Directory.GetFiles(_folder["checkpoints"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_checkpoint_of_mixed_images_of_another_teacher_is_rejected()
    {
        IDataView data = _images.Load(_ml);
        TeacherTransformer Teacher(int seed) => _ml.MulticlassClassification.Trainers
            .SentimentTeacher(new() { Teacher = SmallNetworks.Teacher(epochs: 1), Seed = seed }).Fit(data);
        using TeacherTransformer teacher = Teacher(1), other = Teacher(2);
        KnowledgeDistillationOptions options = Options(_folder["checkpoints"]) with
        {
            Teacher = Teachers.FromModel(teacher), Augmentation = new() { Views = 1, Mixup = 0.2 },
        };
        Trainer(options).Fit(data).Dispose();
        Trainer(options).Fit(data).Dispose();

        var failure = Assert.Throws<InvalidOperationException>(() => Trainer(options with { Teacher = Teachers.FromModel(other) }).Fit(data));

        Assert.Contains("teacher's logits: of mixed images, ", failure.Message, StringComparison.Ordinal);
    }

    // Dropout in the teacher, augmentation and a validation part: all that has a state of its own.
    private static KnowledgeDistillationOptions Options(string? checkpoints = null, CancellationTokenSource? stop = null, Action? heard = null,
        double learningRate = 0.02, bool onlyTraining = false) => DistillationRecipes.Paper with
    {
        Teacher = SmallNetworks.Teacher(epochs: 4),
        Student = Students.Custom("normalized", SmallNetworks.Normalized),
        Loss = DistillationLosses.SoftTarget(1),
        Epochs = 5,
        BatchSize = 6,
        LearningRate = learningRate,
        LearningRateSchedule = LearningRateSchedule.Cosine,
        WeightDecay = 0.01,
        Augmentation = new() { Views = 3 },
        ValidationFraction = 0.25,
        KeepBestEpoch = true,
        CheckpointFolder = checkpoints,
        CancellationToken = stop?.Token ?? default,
        Progress = new Listener(step =>
        {
            if (!onlyTraining || step.Stage is TrainingStage.TrainingStudent or TrainingStage.TrainingTeacher)
                heard?.Invoke();
        }),
    };

    private KnowledgeDistillationTrainer Trainer(KnowledgeDistillationOptions options) => _ml.Transforms.DistillSentiment(options);
}
