using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Support.ExportedModel;

namespace VisualSentiment.Tests.Distillation;

public sealed class AugmentedDistillationTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 6);
    private readonly MLContext _ml = new(seed: 3);

    public AugmentedDistillationTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void A_student_learns_from_views_and_images_without_labels()
    {
        using var foreign = new DrawnImages(imagesPerClass: 4);
        IDataView data = _images.Load(_ml);
        long before = LiveTensors.Count();

        using var student = Fit(data, Options() with { Unlabeled = _ml.Data.LoadUnlabeledImages(foreign.Folder) });

        Assert.Equal(before, LiveTensors.Count());
        Assert.True(_ml.MulticlassClassification.Evaluate(student.Transform(data)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void The_teacher_is_asked_once_about_each_view()
    {
        int asked = 0;
        var listener = new Listener(step => asked = step.Stage == TrainingStage.Teaching ? asked + 1 : asked);

        Fit(_images.Load(_ml), Options() with { Epochs = 7, Augmentation = new() { Views = 3 }, Progress = listener }).Dispose();

        Assert.Equal(18 * 3, asked);
    }

    [Fact]
    public void Cached_scores_of_a_view_equal_the_computed_ones_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        IDataView data = _images.Load(_ml);
        var options = Options() with { CacheFolder = folder.Path, Epochs = 5 };

        byte[] computed = Export(Fit(data, options));
        long size = new DirectoryInfo(folder.Path).GetFiles("teacher-*").Sum(file => file.Length);
        byte[] kept = Export(Fit(data, options));

        Assert.Equal(computed, kept);
        Assert.Equal(size, new DirectoryInfo(folder.Path).GetFiles("teacher-*").Sum(file => file.Length));
        Assert.Equal(computed, Export(Fit(data, options with { CacheFolder = null })));
    }

    [Fact]
    public void A_damaged_cache_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        IDataView data = _images.Load(_ml);
        var options = Options() with { CacheFolder = folder.Path, Epochs = 5 };
        byte[] before = Export(Fit(data, options));
        foreach (string file in Directory.GetFiles(folder.Path, "teacher-*"))
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int i = 60; i < bytes.Length; i += 97)
                bytes[i] ^= 0x55;
            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal(before, Export(Fit(data, options)));
    }

    [Fact]
    public void Mixed_images_teach()
    {
        IDataView data = _images.Load(_ml);

        using var student = Fit(data, Options() with { Augmentation = new() { Mixup = 0.4 }, Epochs = 25 });

        Assert.True(_ml.MulticlassClassification.Evaluate(student.Transform(data)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void A_teacher_that_is_a_column_says_nothing_of_images_without_labels()
    {
        IDataView data = _ml.Transforms.CustomMapping<Row, ShareRow>((_, share) => share.Shares = [1, 0, 0], null)
            .Fit(_images.Load(_ml)).Transform(_images.Load(_ml));

        var failure = Assert.Throws<InvalidOperationException>(() => _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromScores("Shares"), Student = SmallNetworks.Student, Unlabeled = new(_ml.Data.LoadUnlabeledImages(_images.Folder)),
        }).Fit(data));

        Assert.Contains("cannot score images without labels", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_epoch_is_kept_and_the_last_is_told()
    {
        IDataView data = _images.Load(_ml);

        using var best = Fit(data, Options() with { Epochs = 8, ValidationFraction = 0.34, KeepBestEpoch = true });
        int kept = best.History.First(epoch => epoch.ValidationAccuracy == best.History.Max(e => e.ValidationAccuracy)).Epoch;
        using var stopped = Fit(data, Options() with { Epochs = kept, ValidationFraction = 0.34 });

        Assert.Equal(8, best.History.Count);
        Assert.Equal(Scores(stopped, data), Scores(best, data));
    }

    [Fact]
    public void Training_stops_when_patience_is_at_its_end()
    {
        using var student = Fit(_images.Load(_ml), Options() with { Epochs = 60, ValidationFraction = 0.34, Patience = 2 });

        Assert.InRange(student.History.Count, 3, 59);
        double best = student.History.Max(epoch => epoch.ValidationAccuracy)!.Value;
        Assert.Equal(student.History.Count - 2, student.History.First(epoch => epoch.ValidationAccuracy == best).Epoch);
    }

    [Fact]
    public void Every_mistake_of_the_options_is_listed()
    {
        var options = DistillationRecipes.Paper with
        {
            Loss = DistillationLosses.HardLabels, Augmentation = new() { Views = 0 }, Unlabeled = new(_images.Load(_ml)) { Share = 1 }, Patience = 0, WeightDecay = -1,
        };

        string message = Assert.Throws<ArgumentException>(() => options.ThrowIfInvalid()).Message;

        Assert.All(["Augmentation: Views is 0", "Unlabeled: Share is 1", "Unlabeled is set", "Patience is 0", "Patience needs validation images", "WeightDecay is -1"],
            error => Assert.Contains(error, message, StringComparison.Ordinal));
    }

    private static Setting Options() => new();

    private SentimentTransformer Fit(IDataView data, Setting setting) => _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
    {
        Teacher = SmallNetworks.Teacher(epochs: 12),
        Student = SmallNetworks.Student,
        Loss = DistillationLosses.SoftTarget(1),
        Epochs = setting.Epochs,
        BatchSize = 6,
        LearningRate = 0.02,
        Augmentation = setting.Augmentation,
        Unlabeled = setting.Unlabeled is null ? null : new(setting.Unlabeled) { Share = 0.5 },
        CacheFolder = setting.CacheFolder,
        ValidationFraction = setting.ValidationFraction,
        KeepBestEpoch = setting.KeepBestEpoch,
        Patience = setting.Patience,
        Progress = setting.Progress,
    }).Fit(data);

    private float[] Scores(SentimentTransformer student, IDataView data) =>
        [.. _ml.Data.CreateEnumerable<Scored>(student.Transform(data), reuseRowObject: false).SelectMany(row => row.Score)];

    private sealed record Setting
    {
        public int Epochs { get; init; } = 20;
        public ImageAugmentation? Augmentation { get; init; } = new() { Views = 4 };
        public IDataView? Unlabeled { get; init; }
        public string? CacheFolder { get; init; }
        public double ValidationFraction { get; init; }
        public bool KeepBestEpoch { get; init; }
        public int? Patience { get; init; }
        public IProgress<TrainingProgress>? Progress { get; init; }
    }

    private sealed class Row
    {
        [Microsoft.ML.Data.KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class ShareRow
    {
        [Microsoft.ML.Data.VectorType(3)]
        public float[] Shares { get; set; } = [];
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }
}
