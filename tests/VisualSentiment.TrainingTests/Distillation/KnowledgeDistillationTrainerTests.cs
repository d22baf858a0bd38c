using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation;

public sealed class KnowledgeDistillationTrainerTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 8);
    private readonly MLContext _ml = new(seed: 1);

    public KnowledgeDistillationTrainerTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void A_student_of_soft_targets_alone_classifies_held_out_images()
    {
        var split = _ml.Data.StratifiedSplit(_images.Load(_ml), testFraction: 0.25);
        using var model = Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(epochs: 8), Student = SmallNetworks.Student, Epochs = 20, LearningRate = 0.02 }, split.TrainSet);

        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));

        Assert.True(metrics.MicroAccuracy > 0.9, $"accuracy {metrics.MicroAccuracy}");
        Assert.Equal(["calm", "hope", "rage"], model.Classes);
    }

    [Fact]
    public void The_papers_student_distills_end_to_end_within_a_standard_pipeline()
    {
        IDataView data = _ml.Data.LoadImageFolder(_images.Folder);
        var split = _ml.Data.StratifiedSplit(data, testFraction: 0.25);
        var pipeline = DrawnImages.MapLabels(_ml)
            .Append(_ml.Transforms.DistillSentiment("Label", "ImagePath", SmallNetworks.Teacher(), Students.Paper, temperature: 4))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        using var folder = new TemporaryFolder();
        var model = pipeline.Fit(split.TrainSet);
        _ml.Model.Save(model, data.Schema, folder["sentiment.zip"]);
        ITransformer loaded = new MLContext().Model.Load(folder["sentiment.zip"], out _);
        using var owner = (IDisposable)loaded;

        float[][] expected = [.. model.Transform(split.TestSet).GetColumn<float[]>("Score")];
        Assert.Equal(6, expected.Length);
        float[][] actual = [.. loaded.Transform(split.TestSet).GetColumn<float[]>("Score")];
        // The file's own graph is computed there, a rewritten one here.
        Assert.Equal(expected.SelectMany(scores => scores), actual.SelectMany(scores => scores), (x, y) => Math.Abs(x - y) < 1e-5f);
        Assert.All(loaded.Transform(split.TestSet).GetColumn<string>("PredictedLabel"), label => Assert.Contains(label, (string[])["calm", "hope", "rage"]));
    }

    [Fact]
    public void Trainer_of_the_catalog_is_accurate_in_cross_validation()
    {
        var trainer = _ml.MulticlassClassification.Trainers.KnowledgeDistillation(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(epochs: 8), Student = SmallNetworks.Student, Epochs = 20, LearningRate = 0.02,
        });

        var results = _ml.MulticlassClassification.CrossValidate(_images.Load(_ml), trainer, numberOfFolds: 2);

        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.True(result.Metrics.MicroAccuracy > 0.8, $"accuracy {result.Metrics.MicroAccuracy}"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_onnx_file_byte_for_byte()
    {
        byte[] Train(int seed)
        {
            var ml = new MLContext(seed);
            using var model = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
            {
                Teacher = SmallNetworks.Teacher(), Student = Students.Paper, Epochs = 1,
            }).Fit(_images.Load(ml));
            using var stream = new MemoryStream();
            model.SaveAsOnnx(stream);
            return stream.ToArray();
        }

        byte[] first = Train(seed: 5);

        Assert.Equal(first, Train(seed: 5));
        Assert.NotEqual(first, Train(seed: 6));
    }

    [Fact]
    public void Fit_leaves_no_tensors_behind()
    {
        IDataView data = _images.Load(_ml);
        Student student = Students.Custom("paper", classes => LiveTensors.CountOnce(PaperStudent.Create(classes)));
        long before = LiveTensors.Count();

        Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(), Student = student, Epochs = 1, ValidationFraction = 0.25 }, data).Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(TrainingStage.Decoding)]
    [InlineData(TrainingStage.TrainingTeacher)]
    [InlineData(TrainingStage.Teaching)]
    [InlineData(TrainingStage.TrainingStudent)]
    public void A_canceled_Fit_stops_and_leaves_no_tensors_behind(TrainingStage stage)
    {
        IDataView data = _images.Load(_ml);
        using var source = new CancellationTokenSource();
        long before = LiveTensors.Count();

        Assert.ThrowsAny<OperationCanceledException>(() => Fit(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(),
            Student = SmallNetworks.Student,
            Progress = new Listener(progress => { if (progress.Stage == stage) source.Cancel(); }),
            CancellationToken = source.Token,
        }, data));

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_Fit_that_fails_leaves_no_tensors_behind()
    {
        IDataView data = _images.Load(_ml);
        long before = LiveTensors.Count();

        var failure = Assert.Throws<InvalidOperationException>(() => Fit(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student, Loss = new LossThatFailsLater(),
        }, data));

        Assert.Equal("later", failure.Message);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Without_access_to_the_temporary_folder_only_calibration_images_are_missing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "there is no folder that refuses access to everyone");
        const string Refusing = "/sys/kernel";
        var failure = Record.Exception(() => File.Create(Path.Combine(Refusing, "probe")).Dispose());
        Assert.SkipUnless(failure is UnauthorizedAccessException, $"{Refusing} ends in {failure?.GetType().Name ?? "a file"}");
        List<string> warnings = [];
        _ml.Log += (_, entry) =>
        {
            if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(entry.RawMessage);
        };
        using var cache = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable("TMPDIR");
        try
        {
            Environment.SetEnvironmentVariable("TMPDIR", Refusing);
            using var student = Fit(DistillationRecipes.Paper with { Loss = DistillationLosses.HardLabels, Student = SmallNetworks.Student, Epochs = 1, CacheFolder = cache.Path, KeepCalibrationImages = true });
            Assert.Equal(3, student.Classes.Count);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
        Assert.Contains(warnings, warning => warning.Contains("No calibration images were kept", StringComparison.Ordinal));
    }

    [Fact]
    public void Finalizers_are_paused_during_every_forward_pass_of_Fit()
    {
        List<bool> passes = [];
        nn.Module<Tensor, Tensor> Watch(nn.Module<Tensor, Tensor> network)
        {
            network.register_forward_hook((_, _, output) =>
            {
                passes.Add(FinalizerPause.IsHeld);
                return output;
            });
            return network;
        }
        Assert.False(FinalizerPause.IsHeld);

        Fit(DistillationRecipes.Paper with
        {
            Teacher = Teachers.Network("watched", classes => Watch(SmallNetworks.Normalized(classes)), new() { Epochs = 1, BatchSize = 8, LearningRate = 0.02 }),
            Student = Students.Custom("watched", classes => Watch(SmallNetworks.Normalized(classes))),
            Epochs = 1, LinearProbe = true, ValidationFraction = 0.25,
        }).Dispose();

        Assert.True(passes.Count > 24, $"{passes.Count} passes");
        Assert.All(passes, Assert.True);
        Assert.False(FinalizerPause.IsHeld);
    }

    [Fact]
    public void Finalizers_are_paused_while_the_head_of_a_backbone_is_trained()
    {
        bool held = false;
        float[] embeddings = [.. Enumerable.Range(0, 24).Select(i => (float)Math.Sin(i * i))];
        var training = new Thread(() => DenseHead.Fit(embeddings, [0, 1, 2, 0, 1, 2], classes: 3, weightDecay: 0.1));
        training.Start();
        while (!training.Join(0))
            held |= FinalizerPause.IsHeld;

        Assert.True(held);
    }

    [Fact]
    public void A_loss_that_is_NaN_stops_training_with_a_message_about_the_learning_rate()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Fit(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student, LearningRate = 1e30,
        }));

        Assert.Contains("learning rate (now 1E+30)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_in_the_options_are_in_one_message()
    {
        var error = Assert.Throws<ArgumentException>(() => Fit(DistillationRecipes.Paper with
        {
            Loss = null!, Epochs = 0, BatchSize = 0, LearningRate = double.NaN, ValidationFraction = 1, ImageColumnName = "", CacheLimit = 0,
            Teacher = Teachers.Onnx("missing.onnx", PixelNormalization.MinusOneToOne, new() { WeightDecay = -3 }),
        }));

        Assert.All((string[])["9 errors", "Loss is missing", "Epochs is 0", "BatchSize is 0", "LearningRate is NaN",
            "ValidationFraction is 1", "ImageColumnName is empty", "CacheLimit is 0", "'missing.onnx'", "WeightDecay is -3"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_teacher_is_an_error_unless_only_hard_labels_are_used()
    {
        var error = Assert.Throws<ArgumentException>(() => Fit(DistillationRecipes.Paper with { Loss = DistillationLosses.Hinton(4, 0.5) }));

        Assert.Contains($"Teacher is missing, and the loss '{DistillationLosses.Hinton(4, 0.5).Name}' requires one", error.Message, StringComparison.Ordinal);
        using var model = Fit(DistillationRecipes.Paper with { Loss = DistillationLosses.HardLabels, Student = SmallNetworks.Student, Epochs = 1 });
        Assert.Single(model.History);
    }

    [Fact]
    public void A_loss_and_a_temperature_together_are_an_error_that_names_both()
    {
        Assert.Equal(DistillationLosses.SoftTarget(3).Name, DistillationLosses.Of(3, 0).Name);
        Assert.Same(DistillationLosses.HardLabels, DistillationLosses.Of(3, 1));
        Assert.Equal(DistillationLosses.Hinton(3, 0.2).Name, DistillationLosses.Of(3, 0.2).Name);

        foreach (Func<object> create in (Func<object>[])[
            () => _ml.Transforms.DistillSentiment("Label", "ImagePath", SmallNetworks.Teacher(), Students.Paper, temperature: -1, hardWeight: 2),
            () => _ml.MulticlassClassification.Trainers.KnowledgeDistillation("Label", "ImagePath", SmallNetworks.Teacher(), Students.Paper, temperature: -1, hardWeight: 2)])
        {
            string message = Assert.Throws<ArgumentOutOfRangeException>(create).Message;
            Assert.Contains("the temperature is -1", message, StringComparison.Ordinal);
            Assert.Contains("the hard weight is 2", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_exported_student_has_the_name_and_the_temperature_of_its_loss()
    {
        using var student = Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Epochs = 1, Loss = DistillationLosses.Hinton(3, 0.2) });
        using var stream = new MemoryStream();
        student.SaveAsOnnx(stream);

        OnnxModelInfo info = OnnxModelInfo.Read(stream.ToArray(), "student");

        Assert.Equal(3, info.Temperature);
        Assert.Equal(DistillationLosses.Hinton(3, 0.2).Name, info.Loss);
    }

    [Fact]
    public void A_student_that_cannot_be_exported_is_rejected_before_training()
    {
        bool trained = false;
        var failure = Assert.Throws<NotSupportedException>(() => Fit(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(),
            Student = Students.Custom("odd", classes => nn.Sequential(("flatten", nn.Flatten()), ("softsign", nn.Softsign()), ("fc", nn.Linear(3 * 224 * 224, classes)))),
            Progress = new Listener(_ => trained = true),
        }));

        Assert.Contains("softsign", failure.Message, StringComparison.Ordinal);
        Assert.False(trained);
    }

    [Fact]
    public void A_teacher_of_other_classes_is_rejected_before_the_first_epoch_with_both_lists()
    {
        using var two = new DrawnImages(imagesPerClass: 3, classes: 2);
        using var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", SmallNetworks.Teacher(epochs: 1)).Fit(two.Load(_ml));

        var failure = Assert.Throws<InvalidOperationException>(() =>
            Fit(DistillationRecipes.Paper with { Teacher = Teachers.FromModel(teacher), Student = SmallNetworks.Student }));

        Assert.Contains("teacher: calm, hope", failure.Message, StringComparison.Ordinal);
        Assert.Contains("labels:  calm, hope, rage", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Label_and_image_columns_that_do_not_fit_are_named()
    {
        var failure = Assert.Throws<TrainingDataException>(() => Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(), LabelColumnName = "Mood", ImageColumnName = "Photo" }));

        Assert.Equal(2, failure.Problems.Count);
        Assert.Contains("'Mood'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'Photo'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unreadable_images_are_listed_together_by_path()
    {
        IDataView data = _images.Load(_ml);
        File.WriteAllText(Path.Combine(_images.Folder, "calm", "00.png"), "no image");
        File.Delete(Path.Combine(_images.Folder, "rage", "03.png"));

        var failure = Assert.Throws<TrainingDataException>(() => Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student }, data));

        Assert.Equal(2, failure.Problems.Count);
        Assert.Contains("00.png", failure.Message, StringComparison.Ordinal);
        Assert.Contains("03.png", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void History_has_one_entry_per_epoch_with_validation_accuracy_if_requested()
    {
        using var model = Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student, Epochs = 3, ValidationFraction = 0.25 });

        Assert.Equal([1, 2, 3], model.History.Select(epoch => epoch.Epoch));
        Assert.All(model.History, epoch => Assert.Contains(epoch.ValidationAccuracy!.Value, Enumerable.Range(0, 7).Select(right => right / 6.0)));
        Assert.True(model.History[2].Loss < model.History[0].Loss);
    }

    [Fact]
    public void Progress_and_log_report_every_epoch()
    {
        List<TrainingProgress> steps = [];
        List<string> log = [];
        _ml.Log += (_, entry) => log.Add(entry.RawMessage);

        Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student, Epochs = 2, BatchSize = 8,
            Progress = new Listener(step => { lock (steps) steps.Add(step); }) }).Dispose();

        Assert.Equal([TrainingStage.Decoding, TrainingStage.TrainingTeacher, TrainingStage.Teaching, TrainingStage.TrainingStudent], steps.Select(step => step.Stage).Distinct().Order());
        Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)],
            steps.Where(step => step.Stage == TrainingStage.TrainingStudent).Select(step => (step.Epoch, step.Step)));
        Assert.Contains(log, line => line.Contains("epoch 2 of 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_prediction_engine_predicts_and_does_not_dispose_the_callers_image()
    {
        IDataView images = DrawnImages.MapLabels(_ml).Append(_ml.Transforms.LoadImages("Image", "", "ImagePath"))
            .Fit(_ml.Data.LoadImageFolder(_images.Folder)).Transform(_ml.Data.LoadImageFolder(_images.Folder));
        using var model = Fit(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student, ImageColumnName = "Image", Epochs = 2 }, images);
        var engine = _ml.Model.CreatePredictionEngine<ImageRow, Answer>(model);
        using MLImage image = MLImage.CreateFromFile(Path.Combine(_images.Folder, "hope", "01.png"));

        float[] first = [.. engine.Predict(new ImageRow { Image = image }).Score];

        Assert.Equal(3, first.Length);
        Assert.Equal(first, engine.Predict(new ImageRow { Image = image }).Score);
        Assert.Equal(64, image.Width);
    }

    private SentimentTransformer Fit(KnowledgeDistillationOptions options, IDataView? data = null) =>
        _ml.Transforms.DistillSentiment(options).Fit(data ?? _images.Load(_ml));

    private sealed class ImageRow
    {
        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }

    private sealed class Answer
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class LossThatFailsLater : DistillationLoss
    {
        private int _calls;

        public override string Name => "fails later";

        public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels) =>
            ++_calls == 3 ? throw new InvalidOperationException("later") : DistillationLosses.SoftTarget().Compute(studentLogits, teacherLogits, labels);
    }
}
