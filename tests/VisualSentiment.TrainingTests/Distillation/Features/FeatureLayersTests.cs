using Microsoft.ML.Runtime;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.Features;

/// <summary>What goes on learning a backbone's features begins with the layers that say them already.</summary>
public sealed class FeatureLayersTests() : FeatureTests(imagesPerClass: 8, PooledBackbone.Write)
{
    // Far too low a rate to learn anything.
    private const double Still = 1e-9;

    [Fact]
    public void Pretraining_can_be_continued()
    {
        List<double> first = [], second = [];

        Student student = Pretrain(Options(epochs: 25) with { Progress = Losses(first) });
        Pretrain(Options(epochs: 1) with { Student = student, LearningRate = Still, Progress = Losses(second) });

        Assert.True(second[0] < 1.1 * first[^1], $"from {first[0]:0.000} to {first[^1]:0.000}, and then {second[0]:0.000}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Feature_distillation_starts_with_the_layers_of_pretraining(bool fromFile)
    {
        List<double> before = [], after = [];
        Student student = Pretrain(Options(epochs: 25));
        if (fromFile)
        {
            student.SaveWeights(Folder["student.safetensors"]);
            student = SmallNetworks.Patches.WithWeights(Folder["student.safetensors"]);
        }

        Distill(SmallNetworks.Patches, Backbone, before);
        Distill(student, Backbone, after);

        Assert.True(after[0] < 0.5 * before[0], $"{before[0]:0.000} at random, {after[0]:0.000} after pretraining");
    }

    [Fact]
    public void The_layers_of_another_backbone_are_new_and_a_warning_says_so()
    {
        List<double> same = [], other = [];
        List<string> warnings = [];
        Ml.Log += (_, entry) => { if (entry.Kind == ChannelMessageKind.Warning) warnings.Add(entry.RawMessage); };
        Student student = Pretrain(Options(epochs: 25));
        string another = Folder["another.onnx"];
        // The same network in another file: its producer is named.
        File.WriteAllBytes(another, [.. File.ReadAllBytes(Backbone), 0x12, 0x01, (byte)'x']);

        Distill(student, Backbone, same);
        Assert.Empty(warnings);
        Distill(student, another, other);
        Assert.Contains("another backbone than that of the teacher 'ONNX backbone another'", Assert.Single(warnings), StringComparison.Ordinal);
        warnings.Clear();
        Pretrain(Options(epochs: 1) with { Student = student, Teacher = Teachers.Onnx(another, PixelNormalization.MinusOneToOne) });
        Assert.Single(warnings);

        Assert.True(other[0] > 1.5 * same[0], $"{same[0]:0.000} with the same backbone, {other[0]:0.000} with another");
    }

    [Fact]
    public void Without_hints_only_the_embedding_layer_is_continued()
    {
        List<double> first = [], second = [];

        Student student = Pretrain(Options(epochs: 25) with { Hints = false, Progress = Losses(first) });
        Pretrain(Options(epochs: 1) with { Hints = false, Student = student, LearningRate = Still, Progress = Losses(second) });

        Assert.True(second[0] < 1.1 * first[^1], $"from {first[0]:0.000} to {first[^1]:0.000}, and then {second[0]:0.000}");
    }

    private void Distill(Student student, string backbone, List<double> losses) => Ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
    {
        // So large a weight that the loss is that of the features, near enough.
        Student = student, Loss = DistillationLosses.HardLabels, Features = new() { Teacher = Teachers.Onnx(backbone, PixelNormalization.MinusOneToOne), Epochs = 0, Weight = 1000, Hints = true }, Epochs = 1, BatchSize = 8, LearningRate = Still, Progress = Losses(losses),
    }).Fit(LoadLabeled()).Dispose();

    private static Listener Losses(List<double> losses) => new(step =>
    {
        if (step.Stage is TrainingStage.PretrainingStudent or TrainingStage.TrainingStudent && step.Step == step.Steps)
            losses.Add(step.Loss);
    });

    private StudentPretrainingOptions Options(int epochs) => new()
    {
        Hints = true, Teacher = Teachers.Onnx(Backbone, PixelNormalization.MinusOneToOne), Student = SmallNetworks.Patches, Epochs = epochs, BatchSize = 8, LearningRate = 0.02, Augmentation = null,
    };
}
