using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Distillation.Features;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static VisualSentiment.Tests.Support.ExportedModel;

namespace VisualSentiment.Tests.Distillation.Features;

public sealed class FeaturesBesideClassesTests() : FeatureTests(imagesPerClass: 6, PooledBackbone.Write)
{
    [Fact]
    public void Features_and_classes_are_trained_together()
    {
        List<double> losses = [];
        IDataView data = LoadLabeled();

        // So large a weight that the loss is that of the features, near enough.
        using var model = Fit(data, Options(epochs: 25) with { Features = Beside(weight: 100), Progress = new Listener(step => { if (step.Stage == TrainingStage.TrainingStudent && step.Step == step.Steps) losses.Add(step.Loss); }) });

        Assert.True(losses[^1] < 0.5 * losses[0], $"from {losses[0]:0.0} to {losses[^1]:0.0}");
        Assert.True(Ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy > 0.8);
        Assert.True(model.History[^1].TrainingAccuracy > 0.8, $"{model.History[^1].TrainingAccuracy:0.00} of the training images, of numbers behind the logits perhaps");
    }

    [Fact]
    public void Only_the_student_is_exported_with_the_loss_in_its_metadata()
    {
        IDataView data = LoadLabeled();

        var with = ModelProto.Parser.ParseFrom(Export(Fit(data, Options())));
        var without = ModelProto.Parser.ParseFrom(Export(Fit(data, Options() with { Features = null })));

        Assert.NotEqual(without.Graph.Initializer, with.Graph.Initializer);
        Assert.Equal(without.Graph.Initializer.Select(weight => (weight.Name, weight.Dims)), with.Graph.Initializer.Select(weight => (weight.Name, weight.Dims)));
        Assert.Equal(without.Graph.Node, with.Graph.Node);
        Assert.EndsWith(", weight 1, hints", with.MetadataProps.Single(entry => entry.Key == "visualsentiment.settings.features").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_images_do_not_affect_the_scale_of_the_features()
    {
        int most = 0;
        KnowledgeDistillationOptions options = Options() with { Teacher = null, Loss = DistillationLosses.HardLabels, ValidationFraction = 0.5 };

        Fit(LoadLabeled(), options with { Progress = new Listener(step => { if (step.Stage == TrainingStage.Teaching) most = Math.Max(most, step.Steps); }) }).Dispose();

        Assert.Equal(9, most);
    }

    [Fact]
    public void The_network_outputs_features_after_the_logits_only_in_training_mode()
    {
        using var network = HintedNetwork.CreateForClasses(SmallNetworks.Patches, classes: 4, embeddingWidth: 5, [new BackboneMap("map", 3, 14)]);
        using var scope = NewDisposeScope();
        Tensor pixels = rand(2, 3, 224, 224);

        Assert.Equal([2, 4 + 5 + 3 * 14 * 14], network.Module.call(pixels).shape);
        network.Module.eval();
        Assert.True(network.Module.call(pixels).equal(HintedNetwork.StudentOf(network).call(pixels)).all().item<bool>());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_with_and_without_cached_features()
    {
        IDataView data = LoadLabeled();
        KnowledgeDistillationOptions options = Options() with { Augmentation = new() { Views = 2 } };

        byte[] computed = Export(Fit(data, options with { CacheFolder = Folder["cache/."] }));

        Assert.Equal(computed, Export(Fit(data, options with { CacheFolder = Folder["cache/."] })));
        Assert.Equal(computed, Export(Fit(data, options)));
    }

    [Fact]
    public void A_view_is_computed_by_the_backbone_once_for_teacher_and_features()
    {
        const int Views = 3, Images = 18, Embedding = 3, WithMaps = Embedding + 3 * 14 * 14 + 3 * 7 * 7;
        IDataView data = LoadLabeled();
        KnowledgeDistillationOptions options = Options(epochs: Views) with { Augmentation = new() { Views = Views }, CacheFolder = Folder["cache/."] };

        Fit(data, options with { Teacher = Teachers.OutOfFold(BackboneTeacher, folds: 2) }).Dispose();
        Fit(data, options).Dispose();

        // The teachers are trained on the original images; views are cached with their maps.
        long[] lengths = [.. Directory.GetFiles(options.CacheFolder!, "teacher-*.cache").Select(file => new FileInfo(file).Length).Order()];
        Assert.Equal([Records(Images, Embedding), Records(Images * Views, WithMaps)], lengths);

        static long Records(int count, int width) => 40 + count * (16 + 4L * width + 8);
    }

    [Fact]
    public void Feature_distillation_does_not_change_the_teachers_outputs()
    {
        IDataView data = LoadLabeled();
        using var run = CatalogEnvironment.Of(Ml.Data).Start("test");
        var training = new TrainingRun(run, null, 1, CancellationToken.None);
        using var set = TrainingSet.Load(data, Options(), training);
        using CachedBackbone features = BackboneTeacher.OpenFeatures(training, [7, 14]);
        float[] alone = new float[3], beside = new float[3];

        foreach (Teacher teacher in (Teacher[])[BackboneTeacher, Teachers.Ensemble(BackboneTeacher, BackboneTeacher)])
        {
            using PreparedTeacher ready = teacher.Prepare(set, training);
            ready.ComputeLogits([0], set.Pixels[0], alone);
            ready.WithSharedBackbone(features).ComputeLogits([0], set.Pixels[0], beside);

            Assert.All(alone.Zip(beside), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }
    }

    [Fact]
    public void The_features_of_mixed_images_are_computed_from_the_mixed_images()
    {
        IDataView data = LoadLabeled();
        KnowledgeDistillationOptions options = Options() with { Augmentation = new() { Views = 2, Mixup = 0.4 } };

        byte[] mixed = Export(Fit(data, options));

        Assert.Equal(mixed, Export(Fit(data, options)));
        Assert.NotEqual(mixed, Export(Fit(data, options with { Features = null })));
    }

    [Fact]
    public void Hard_labels_can_be_combined_with_feature_distillation()
    {
        using var model = Fit(LoadLabeled(), Options() with { Teacher = null, Loss = DistillationLosses.HardLabels });

        Assert.Equal(3, model.Classes.Count);
    }

    [Fact]
    public void A_resumed_run_ends_with_the_same_bytes_and_another_feature_weight_is_rejected()
    {
        IDataView data = LoadLabeled();
        byte[] uninterrupted = Export(Fit(data, Options(epochs: 4)));
        using var stop = new CancellationTokenSource();
        KnowledgeDistillationOptions options = Options(epochs: 4) with { CheckpointFolder = Folder["checkpoints/."] };

        Assert.Throws<OperationCanceledException>(() => Fit(data, options with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(step => { if (step.Stage == TrainingStage.TrainingStudent && step.Epoch == 3) stop.Cancel(); }),
        }));
        var refused = Assert.Throws<InvalidOperationException>(() => Fit(data, options with { Features = Beside(weight: 2) }));

        Assert.Contains("weight 2 now", refused.Message, StringComparison.Ordinal);
        Assert.Equal(uninterrupted, Export(Fit(data, options)));
    }

    [Fact]
    public void A_checkpoint_of_features_with_another_share_of_unlabeled_images_is_rejected()
    {
        IDataView data = LoadLabeled();
        var unlabeled = new UnlabeledImages(Ml.Data.LoadUnlabeledImages(Images)) { Share = 0.3 };
        KnowledgeDistillationOptions options = Options(epochs: 1) with
        {
            CheckpointFolder = Folder["checkpoints/."], Features = Beside() with { Epochs = 1 }, Unlabeled = unlabeled,
        };
        Fit(data, options).Dispose();
        Fit(data, options).Dispose();

        var refused = Assert.Throws<InvalidOperationException>(() => Fit(data, options with { Unlabeled = unlabeled with { Share = 0.6 } }));

        Assert.Contains("features.checkpoint' belongs to another training", refused.Message, StringComparison.Ordinal);
        Assert.Contains("share of images without labels: 0.3 in the checkpoint, 0.6 now", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backbone_file_that_is_deleted_during_training_does_not_cost_the_student()
    {
        using var student = Fit(LoadLabeled(), Options() with
        {
            Progress = new Listener(step => { if (step.Stage == TrainingStage.TrainingStudent) File.Delete(Backbone); }),
        });

        Assert.False(File.Exists(Backbone));
        Assert.StartsWith("ONNX backbone backbone (", student.Info.Settings["teacher"], StringComparison.Ordinal);
    }

    [Fact]
    public void No_tensors_are_left_behind()
    {
        IDataView data = LoadLabeled();
        KnowledgeDistillationOptions options = Options();
        Fit(data, options).Dispose();
        long before = LiveTensors.Count();

        Fit(data, options).Dispose();

        // Weights and biases of the teacher's head, of the layer of the embedding and of two adapters.
        LiveTensors.CountOnce(parameters: 2 + 2 + 4);
        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void A_student_without_a_last_layer_is_rejected_before_decoding()
    {
        List<TrainingStage> stages = [];
        KnowledgeDistillationOptions options = Options() with
        {
            Student = Students.Custom("convolutions", classes => Sequential(("conv", Conv2d(3, classes, kernel_size: 224)), ("flatten", Flatten()))),
            Progress = new Listener(step => stages.Add(step.Stage)),
        };

        var refused = Assert.Throws<NotSupportedException>(() => Fit(LoadLabeled(), options));

        Assert.Contains("'convolutions'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PretrainStudent", refused.Message, StringComparison.Ordinal);
        Assert.Empty(stages);
    }

    [Fact]
    public void All_errors_in_the_feature_options_are_listed_together()
    {
        var failure = Assert.Throws<ArgumentException>(() => Fit(LoadLabeled(), Options() with { Features = new() { Teacher = SmallNetworks.Teacher(), Epochs = 0, Weight = 0 } }));

        Assert.Contains("Features: Teacher is 'normalized'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Features: Epochs and Weight are 0", failure.Message, StringComparison.Ordinal);
    }

    private SentimentTransformer Fit(IDataView data, KnowledgeDistillationOptions options) => Ml.Transforms.DistillSentiment(options).Fit(data);

    private FeatureDistillationOptions Beside(double weight = 1) => new()
    {
        Teacher = BackboneTeacher, Epochs = 0, Weight = weight, Hints = true,
    };

    private KnowledgeDistillationOptions Options(int epochs = 2) => DistillationRecipes.Paper with
    {
        Teacher = BackboneTeacher, Features = Beside(), Student = SmallNetworks.Patches, Epochs = epochs, BatchSize = 8, LearningRate = 0.02, Loss = DistillationLosses.SoftTarget(1),
    };
}
