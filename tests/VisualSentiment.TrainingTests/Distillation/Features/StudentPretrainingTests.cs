using Microsoft.ML;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation.Features;

public sealed class StudentPretrainingTests() : FeatureTests(imagesPerClass: 8, TinyBackbone.Write)
{
    [Fact]
    public void The_student_comes_closer_to_the_backbones_features()
    {
        List<double> losses = [];

        Pretrain(Options(epochs: 12) with { Progress = new Listener(step => { if (step.Stage == TrainingStage.PretrainingStudent && step.Step == step.Steps) losses.Add(step.Loss); }) });

        Assert.Equal(12, losses.Count);
        Assert.True(losses[^1] < 0.5 * losses[0], $"1 - cosine went from {losses[0]:0.000} to {losses[^1]:0.000}");
    }

    [Fact]
    public void Training_starts_with_the_pretrained_weights_and_a_new_head()
    {
        Student student = Pretrain(Options());

        manual_seed(1);
        using var first = student.Create(classes: 4);
        manual_seed(2);
        using var second = student.Create(classes: 4);
        using var random = SmallNetworks.Student.Create(classes: 4);

        Assert.Equal(Bytes(first.Module, "conv.weight"), Bytes(second.Module, "conv.weight"));
        Assert.NotEqual(Bytes(first.Module, "fc.weight"), Bytes(second.Module, "fc.weight"));
        Assert.NotEqual(Bytes(first.Module, "conv.weight"), Bytes(random.Module, "conv.weight"));
    }

    [Fact]
    public void Saved_weights_are_loaded_with_the_same_bits()
    {
        Student student = Pretrain(Options() with { Student = Students.Custom("normalized", SmallNetworks.Normalized) });
        string path = Folder["weights/student.safetensors"];

        student.SaveWeights(path);
        Student loaded = Students.Custom("normalized", SmallNetworks.Normalized).WithWeights(path);

        using var first = student.Create(classes: 2);
        using var second = loaded.Create(classes: 2);
        foreach (string name in first.Module.state_dict().Keys.Where(name => !name.StartsWith("fc.", StringComparison.Ordinal)))
            Assert.Equal(Bytes(first.Module, name), Bytes(second.Module, name));
        Assert.Equal(student.Name, loaded.Name);
        Assert.StartsWith("normalized, pretrained ", loaded.Name, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_pretrained_student_trains_saves_and_scores()
    {
        IDataView data = LoadLabeled();

        using var model = Ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.Onnx(Backbone, PixelNormalization.MinusOneToOne), Student = Pretrain(Options(epochs: 20)), Epochs = 20, BatchSize = 8, LearningRate = 0.02, Loss = DistillationLosses.SoftTarget(1),
        }).Fit(data);

        Assert.True(Ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights() => Assert.Equal(Pretrain(Options()).Name, Pretrain(Options()).Name);

    [Fact]
    public void Another_seed_gives_other_weights() => Assert.NotEqual(Pretrain(Options()).Name, Pretrain(Options() with { Seed = 6 }).Name);

    [Fact]
    public void A_resumed_run_ends_with_the_same_weights()
    {
        StudentPretrainingOptions options = Options(epochs: 4) with { CheckpointFolder = Folder["checkpoints/."] };
        string uninterrupted = Pretrain(options with { CheckpointFolder = null }).Name;
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Pretrain(options with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(step => { if (step.Stage == TrainingStage.PretrainingStudent && step.Epoch == 3) stop.Cancel(); }),
        }));

        Assert.Equal(uninterrupted, Pretrain(options).Name);
    }

    [Fact]
    public void No_tensors_are_left_behind()
    {
        Pretrain(Options());
        long before = LiveTensors.Count();

        Pretrain(Options());

        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void Weights_of_another_network_are_rejected_with_what_differs()
    {
        string path = Folder["student.safetensors"];
        Pretrain(Options()).SaveWeights(path);

        var refusal = Assert.Throws<PretrainedWeightsException>(() => Students.Compact.WithWeights(path));

        Assert.Contains("does not match the student 'compact'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("conv.weight is not in the network", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("stem.conv.weight is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_of_weights_is_rejected()
    {
        string path = Folder["student.safetensors"];
        Pretrain(Options()).SaveWeights(path);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^5]);

        var refusal = Assert.Throws<PretrainedWeightsException>(() => SmallNetworks.Student.WithWeights(path));

        Assert.Contains("is truncated", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_student_with_random_weights_has_nothing_to_save() =>
        Assert.Contains("has random initial weights", Assert.Throws<InvalidOperationException>(() => Students.Compact.FromScratch().SaveWeights(Folder["x"])).Message, StringComparison.Ordinal);

    [Fact]
    public void All_errors_are_listed_together()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Pretrain(new StudentPretrainingOptions
        {
            Teacher = SmallNetworks.Teacher(), Epochs = 0, ValidationFraction = 0.1,
        }));

        Assert.Contains("3 errors", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Teacher is 'normalized', which has no backbone", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Epochs is 0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ValidationFraction is 0.1", refusal.Message, StringComparison.Ordinal);
    }

    private StudentPretrainingOptions Options(int epochs = 2) => new()
    {
        Hints = true, Teacher = Teachers.Onnx(Backbone, PixelNormalization.MinusOneToOne), Student = SmallNetworks.Student, Epochs = epochs, BatchSize = 8, LearningRate = 0.02,
        Augmentation = new ImageAugmentation { Views = 2 },
    };

    private static byte[] Bytes(nn.Module network, string name) => network.state_dict()[name].contiguous().bytes.ToArray();
}
