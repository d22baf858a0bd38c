using Microsoft.ML;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation;

public sealed class RecipeTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 6);
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 4);

    public RecipeTests() => TinyBackbone.Write(_folder["backbone.onnx"]);

    private TrainableTeacher Teacher =>
        Teachers.Onnx(_folder["backbone.onnx"], PixelNormalization.ZeroToOne, new() { WeightDecay = 0.1 });

    private KnowledgeDistillationOptions Options => DistillationRecipes.Balanced with
    {
        Teacher = Teacher, Student = SmallNetworks.Patches, Epochs = 3, BatchSize = 6,
        Features = new() { Epochs = 2 }, Augmentation = new() { Views = 2 },
    };

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void The_default_options_are_the_balanced_recipe()
    {
        KnowledgeDistillationOptions balanced = DistillationRecipes.Balanced;

        Assert.Equal(balanced, new KnowledgeDistillationOptions { Loss = balanced.Loss });
        Assert.Equal(DistillationLosses.SoftTarget(1).Name, balanced.Loss.Name);
    }

    [Fact]
    public void The_papers_recipe_has_the_papers_values()
    {
        KnowledgeDistillationOptions paper = DistillationRecipes.Paper;

        Assert.Same(Students.Paper, paper.Student);
        Assert.Equal(DistillationLosses.SoftTarget(4).Name, paper.Loss.Name);
        Assert.Equal((10, 20, 1e-3, 0.0), (paper.Epochs, paper.BatchSize, paper.LearningRate, paper.WeightDecay));
        Assert.Equal(LearningRateSchedule.Constant, paper.LearningRateSchedule);
        Assert.Null(paper.Features);
        Assert.Null(paper.Augmentation);
        Assert.False(paper.LinearProbe);
    }

    [Fact]
    public void All_stages_run_in_one_fit_under_one_progress()
    {
        List<TrainingProgress> steps = [];

        using SentimentTransformer model = Fit(Options with { Progress = new Listener(steps.Add) });

        TrainingStage[] stages = [.. steps.Select(step => step.Stage).Distinct()];
        Assert.Equal([TrainingStage.PretrainingStudent, TrainingStage.TrainingStudent],
            stages.Where(stage => stage is TrainingStage.PretrainingStudent or TrainingStage.TrainingStudent));
        Assert.Equal(2, steps.Where(step => step.Stage == TrainingStage.PretrainingStudent).Max(step => step.Epochs));
        Assert.Equal(3, model.History.Count);
    }

    [Fact]
    public void A_run_that_is_canceled_in_either_stage_resumes_to_the_same_bytes()
    {
        byte[] whole = Export(Fit(Options));
        foreach (TrainingStage stage in (TrainingStage[])[TrainingStage.PretrainingStudent, TrainingStage.TrainingStudent])
        {
            using var checkpoints = new TemporaryFolder();
            using var stop = new CancellationTokenSource();
            KnowledgeDistillationOptions options = Options with { CheckpointFolder = checkpoints.Path };
            Assert.ThrowsAny<OperationCanceledException>(() => Fit(options with
            {
                CancellationToken = stop.Token,
                Progress = new Listener(step =>
                {
                    if (step.Stage == stage && step.Epoch == 2)
                        stop.Cancel();
                }),
            }));

            Assert.Equal(whole, Export(Fit(options)));
        }
    }

    [Fact]
    public void Features_can_come_from_another_teacher_or_be_left_out()
    {
        Assert.NotEqual(Export(Fit(Options)), Export(Fit(Options with { Features = null })));

        // A teacher without a backbone has no features; training goes on without them.
        List<string> warnings = [];
        _ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };
        Fit(Options with { Teacher = SmallNetworks.Teacher(epochs: 1) }).Dispose();
        Assert.Contains(warnings, warning => warning.Contains("has no backbone", StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_only_options_train_the_same_student_without_a_teacher()
    {
        KnowledgeDistillationOptions random = Options.LabelsOnly(pretrained: false);

        Assert.False(random.Student.IsPretrained);
        Assert.Empty(random.FindErrors());
        Assert.Equal("labels only", random.Recipe);
        Fit(random with { Student = SmallNetworks.Patches }).Dispose();
    }

    [Theory]
    [InlineData(100, 50, 0.5)]
    [InlineData(100, 900, 0.9)]
    [InlineData(1000, 100_000, 0.75)]
    [InlineData(5000, 100_000, 0.5)]
    public void The_share_of_unlabeled_images_bounds_the_epoch(int labeled, int unlabeled, double share) =>
        Assert.Equal(share, new UnlabeledImages(_images.Load(_ml)).ShareOf(labeled, unlabeled), precision: 9);

    [Fact]
    public void A_student_is_trained_on_the_backbone_of_a_trained_teacher()
    {
        IDataView data = _images.Load(_ml);
        using TeacherTransformer teacher =
            _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", Teacher).Fit(data);

        byte[] shared = Export(Fit(Options with { Teacher = Teachers.FromModel(teacher) }));

        Assert.Equal(ModelBytes(Export(Fit(Options))), ModelBytes(shared));
    }

    private static float[] ModelBytes(byte[] model) =>
        [.. VisualSentiment.Onnx.Proto.ModelProto.Parser.ParseFrom(model).Graph.Initializer
            .Where(tensor => tensor.DataType == 1 && tensor.RawData.Length > 0)
            .SelectMany(tensor => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray())];

    private SentimentTransformer Fit(KnowledgeDistillationOptions options) =>
        _ml.Transforms.DistillSentiment(options with { Seed = 4 }).Fit(_images.Load(_ml));

    private static byte[] Export(SentimentTransformer model)
    {
        using (model)
        {
            using var stream = new MemoryStream();
            model.SaveAsOnnx(stream);
            return stream.ToArray();
        }
    }
}
