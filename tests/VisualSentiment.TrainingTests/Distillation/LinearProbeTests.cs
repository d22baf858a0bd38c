using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;
using VisualSentiment.Distillation;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Distillation;

/// <summary>A student whose last layer is fitted to the teacher's logits before it is trained.</summary>
public sealed class LinearProbeTests : IDisposable
{
    // Far too low a rate to learn anything.
    private const double Still = 1e-9;
    private const int Images = 24, Classes = 3;

    private readonly MLContext _ml = new(seed: 3);
    private readonly TemporaryFolder _folder = new();
    private readonly Row[] _rows;

    public LinearProbeTests()
    {
        LibTorchBackend.EnsureLoaded();
        var random = new Random(11);
        _rows = [.. Enumerable.Range(0, Images).Select(i => new Row
        {
            ImagePath = DrawGray((byte)(10 * i)),
            Label = "abc"[i % Classes].ToString(),
            Logits = [.. Enumerable.Range(0, Classes).Select(c => (float)(c * i / 10.0 + random.NextDouble()))],
        })];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_layer_starts_as_the_ridge_regression_of_the_logits()
    {
        using var model = Fit(Options());

        double[][] said = [.. model.Transform(Load()).GetColumn<float[]>("Score").Select(shares => Center(shares.Select(share => Math.Log(share))))];
        // Of a gray image, the student's one number is a line over the gray, so that its standardized form is that of the gray but for the sign.
        double[] gray = Standardize([.. Enumerable.Range(0, Images).Select(i => 10.0 * i)]);
        double[][] logits = [.. _rows.Select(row => Center(row.Logits.Select(value => (double)value)))];
        for (int c = 0; c < Classes; c++)
        {
            double mean = logits.Average(row => row[c]);
            double slope = logits.Select((row, i) => (row[c] - mean) * gray[i]).Average() / 1.1;
            for (int i = 0; i < Images; i++)
                Assert.Equal(mean + slope * gray[i], said[i][c], 1e-3);
        }
    }

    [Fact]
    public void The_last_layer_is_random_without_a_linear_probe()
    {
        using var fitted = Fit(Options());
        using var random = Fit(Options() with { LinearProbe = false });

        Assert.True(Loss(fitted) < 0.8 * Loss(random), $"{Loss(fitted):0.000} fitted, {Loss(random):0.000} random");
    }

    [Fact]
    public void A_linear_probe_that_is_skipped_is_not_in_the_metadata()
    {
        using var fitted = Fit(Options());
        using var skipped = Fit(Options() with { Student = SmallNetworks.Patches });

        Assert.Equal("yes", fitted.Info.Settings["linear probe"]);
        Assert.Equal("skipped", skipped.Info.Settings["linear probe"]);
    }

    [Fact]
    public void The_linear_probe_uses_only_the_views_that_the_epochs_use()
    {
        // The teacher was asked about two of the eight; looking up another would fail.
        using var model = Fit(Options() with { Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Patches, Augmentation = new() { Views = 8 }, Epochs = 2 });

        Assert.Equal(2, model.History.Count);
    }

    [Theory]
    [InlineData("paper")]
    [InlineData("compact")]
    public void The_built_in_students_have_a_last_layer_to_fit(string name) =>
        LinearProbe.ThrowIfWithoutDenseLayer(name == "paper" ? Students.Paper : Students.Compact);

    [Fact]
    public void A_student_without_a_last_linear_layer_is_rejected_before_the_teacher_is_trained()
    {
        List<TrainingStage> stages = [];
        Student student = Students.Custom("convolutions", classes => Sequential(("conv", Conv2d(3, classes, kernel_size: 224)), ("flatten", Flatten())));

        var refused = Assert.Throws<NotSupportedException>(() => Fit(Options() with { Student = student, Progress = new Listener(step => stages.Add(step.Stage)) }));

        Assert.Contains("'convolutions'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("LinearProbe", refused.Message, StringComparison.Ordinal);
        Assert.Empty(stages);
    }

    [Fact]
    public void A_linear_probe_needs_a_teacher_with_scores_before_training()
    {
        string alone = Assert.Throws<ArgumentException>(() => Fit(Options() with { Loss = DistillationLosses.HardLabels })).Message;
        string mixed = Assert.Throws<ArgumentException>(() => Fit(Options() with { Augmentation = new() { Mixup = 0.2 } })).Message;

        Assert.Contains("LinearProbe is true, but the loss does not use a teacher", alone, StringComparison.Ordinal);
        Assert.Contains("LinearProbe is true, but with Mixup", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_with_a_linear_probe_ends_with_the_same_bytes()
    {
        KnowledgeDistillationOptions options = Options() with { LearningRate = 0.02, Epochs = 3, Student = SmallNetworks.Patches };
        KnowledgeDistillationOptions kept = options with { CheckpointFolder = _folder["checkpoints"] };
        Assert.Throws<OperationCanceledException>(() => Fit(StoppedAfter(kept, epoch: 2)));

        var refused = Assert.Throws<InvalidOperationException>(() => Fit(kept with { LinearProbe = false }));
        using var resumed = Fit(kept);
        using var whole = Fit(options);

        Assert.Contains("linear probe", refused.Message, StringComparison.Ordinal);
        resumed.SaveAsOnnx(_folder["resumed.onnx"]);
        whole.SaveAsOnnx(_folder["whole.onnx"]);
        Assert.Equal(File.ReadAllBytes(_folder["whole.onnx"]), File.ReadAllBytes(_folder["resumed.onnx"]));
    }

    private static KnowledgeDistillationOptions StoppedAfter(KnowledgeDistillationOptions options, int epoch)
    {
        var stop = new CancellationTokenSource();
        return options with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(step =>
            {
                if (step.Stage == TrainingStage.TrainingStudent && step.Epoch == epoch)
                    stop.Cancel();
            }),
        };
    }

    private static double Loss(SentimentTransformer model) => model.History[0].Loss;

    private SentimentTransformer Fit(KnowledgeDistillationOptions options) => _ml.Transforms.DistillSentiment(options).Fit(Load());

    private static KnowledgeDistillationOptions Options() => DistillationRecipes.Paper with
    {
        Teacher = Teachers.FromScores("Logits", TeacherScoreKind.Logits),
        Student = Students.Custom("gray", classes => Sequential(("mix", Conv2d(3, 1, kernel_size: 1)), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(1, classes)))),
        LinearProbe = true, Epochs = 1, BatchSize = 8, LearningRate = Still, Loss = DistillationLosses.SoftTarget(1),
    };

    private IDataView Load()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(_rows);
        return DrawnImages.MapLabels(_ml).Fit(rows).Transform(rows);
    }

    private string DrawGray(byte level)
    {
        using var bitmap = new SKBitmap(32, 32);
        bitmap.Erase(new SKColor(level, level, level));
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        string path = _folder[$"{level}.png"];
        File.WriteAllBytes(path, png.ToArray());
        return path;
    }

    private static double[] Center(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return [.. all.Select(value => value - mean)];
    }

    private static double[] Standardize(double[] values)
    {
        double[] centered = Center(values);
        double deviation = Math.Sqrt(centered.Average(value => value * value));
        return [.. centered.Select(value => value / deviation)];
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";

        [VectorType(Classes)]
        public float[] Logits { get; set; } = [];
    }
}
