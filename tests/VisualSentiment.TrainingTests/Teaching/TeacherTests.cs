using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Teaching;

public sealed class TeacherTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 6);
    private readonly MLContext _ml = new(seed: 3);

    public TeacherTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void A_teacher_can_be_evaluated_and_keeps_its_history()
    {
        IDataView data = _images.Load(_ml);
        using var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", SmallNetworks.Teacher(epochs: 15)).Fit(data);

        Assert.True(_ml.MulticlassClassification.Evaluate(teacher.Transform(data)).MicroAccuracy > 0.8);
        Assert.Equal(15, teacher.History.Count);
        Assert.Equal(3 * 8 * 49 + 16 + 27, teacher.Parameters);
    }

    [Fact]
    public void A_teacher_without_epochs_logs_its_accuracy_on_the_validation_part()
    {
        using var folder = new TemporaryFolder();
        PooledBackbone.Write(folder["backbone.onnx"]);
        List<string> log = [];
        _ml.Log += (_, entry) => log.Add(entry.RawMessage);

        _ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
        {
            Teacher = Teachers.Onnx(folder["backbone.onnx"], PixelNormalization.ZeroToOne, new() { WeightDecay = 0.1 }),
            ValidationFraction = 0.5,
        }).Fit(_images.Load(_ml)).Dispose();

        Assert.Contains("9 of 9 validation images are predicted correctly", log);
    }

    [Fact]
    public void Distillation_leaves_the_teachers_parameters_and_statistics_as_they_are_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var network = OwnedNetwork.Create(() => SmallNetworks.Normalized(3));
        network.Module.train();
        var trained = new TrainedTeacher(
            new NetworkClassifier(network, ["calm", "hope", "rage"], ImageFit.Fill, PixelNormalization.ImageNet), parameters: 0, []);
        using var teacher = new TeacherTransformer(trained,
            Teachers.Network("small", SmallNetworks.Normalized), "ImagePath", TextDataViewType.Instance);
        byte[][] before = State(network);

        _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromModel(teacher), Student = SmallNetworks.Student, Epochs = 2,
        }).Fit(_images.Load(_ml)).Dispose();

        Assert.Equal(before, State(network));
        Assert.All(network.Module.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void The_teacher_is_asked_once_about_each_image_whatever_the_epochs()
    {
        int asked = 0;
        _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Epochs = 5,
            Progress = new Listener(step => asked = step.Stage == TrainingStage.Teaching ? asked + 1 : asked),
        }).Fit(_images.Load(_ml)).Dispose();

        Assert.Equal(18, asked); // images
    }

    [Fact]
    public void A_column_of_shares_teaches()
    {
        IDataView shares = _ml.Transforms.CustomMapping<LabelRow, ShareRow>((row, share) =>
        {
            share.Shares = new float[3];
            share.Shares[row.Label - 1] = 1;
        }, null).Fit(_images.Load(_ml)).Transform(_images.Load(_ml));

        using var model = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromScores("Shares"), Student = SmallNetworks.Student, Epochs = 20, LearningRate = 0.02,
        }).Fit(shares);

        Assert.True(_ml.MulticlassClassification.Evaluate(model.Transform(shares)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void Any_model_with_probabilities_teaches()
    {
        IDataView data = _images.Load(_ml);
        using var first = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Loss = DistillationLosses.HardLabels, Student = SmallNetworks.Student, Epochs = 20, LearningRate = 0.02,
        }).Fit(data);

        using var second = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromModel(first), Student = SmallNetworks.Student, Epochs = 20, LearningRate = 0.02, Seed = 9,
        }).Fit(data);

        Assert.True(_ml.MulticlassClassification.Evaluate(second.Transform(data)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void Scores_that_are_no_probabilities_are_rejected_by_row()
    {
        IDataView logits = _ml.Transforms.CustomMapping<LabelRow, ShareRow>((_, share) => share.Shares = [4, -1, 0], null)
            .Fit(_images.Load(_ml)).Transform(_images.Load(_ml));

        var failure = Assert.Throws<TrainingDataException>(() => _ml.Transforms.DistillSentiment(
            DistillationRecipes.Paper with { Teacher = Teachers.FromScores("Shares"), Student = SmallNetworks.Student }).Fit(logits));

        Assert.Equal(18, failure.Problems.Count);
        Assert.Contains("TeacherScoreKind.Logits", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(17, "the teacher has 17 rows in 'Score' for 18 labeled images")]
    [InlineData(30, "the teacher has 30 rows in 'Score' for 18 labeled images")]
    public void A_model_that_gives_another_number_of_rows_is_rejected_with_both(int rows, string message)
    {
        var scored = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ => new ScoreRow { Score = [0.2f, 0.3f, 0.5f] }).ToArray());

        var failure = Assert.Throws<TrainingDataException>(() => _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromModel(new DelegateTransformer(_ => scored)), Student = SmallNetworks.Student,
        }).Fit(_images.Load(_ml)));

        Assert.Contains(message, Assert.Single(failure.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_is_trained_with_the_schedule_and_the_weight_decay_of_its_options()
    {
        IDataView data = _images.Load(_ml);
        double LastLoss(TeacherTrainingOptions training)
        {
            using var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath",
                Teachers.Network("plain", SmallNetworks.Plain, training)).Fit(data);
            return teacher.History[^1].Loss;
        }
        TeacherTrainingOptions options = new() { Epochs = 2, BatchSize = 8, LearningRate = 0.02 };

        double constant = LastLoss(options);

        Assert.Equal(constant, LastLoss(options));
        Assert.NotEqual(constant, LastLoss(options with { LearningRateSchedule = LearningRateSchedule.Cosine }));
        Assert.NotEqual(constant, LastLoss(options with { WeightDecay = 1 }));
        Assert.Equal(["plain: LearningRateSchedule is 7; it must be one of Constant, Cosine", "plain: WeightDecay is -1; it must be at least 0 and finite"],
            Teachers.Network("plain", SmallNetworks.Plain, options with { LearningRateSchedule = (LearningRateSchedule)7, WeightDecay = -1 }).FindErrors());
    }

    [Theory]
    [InlineData(new float[] { 0.5f, 0.5f }, new float[] { 1, 1, 1 }, "three means and three standard deviations")]
    [InlineData(new float[] { 0.5f, 0.5f, 0.5f }, new float[] { 1, 0, 1 }, "each must be above 0")]
    public void A_network_of_ones_own_needs_a_valid_normalization(float[] mean, float[] deviation, string message)
    {
        var failure = Assert.Throws<ArgumentException>(() => Teachers.Network("own", SmallNetworks.Plain, normalization: new PixelNormalization(mean, deviation)));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_onnx_backbone_teaches_and_leaves_no_tensors_behind()
    {
        using var folder = new TemporaryFolder();
        string path = folder["backbone.onnx"];
        File.WriteAllBytes(path, Backbone(channelsFirst: true, size: 32));
        IDataView data = _images.Load(_ml);
        long before = LiveTensors.Count();

        using var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", Teachers.Onnx(path, PixelNormalization.MinusOneToOne, new() { WeightDecay = 0.1 })).Fit(data);

        // Weights and bias of the head.
        LiveTensors.CountOnce(parameters: 2);
        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(_ml.MulticlassClassification.Evaluate(teacher.Transform(data)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void A_backbone_that_was_disposed_is_an_error()
    {
        using var folder = new TemporaryFolder();
        TinyBackbone.Write(folder["backbone.onnx"]);
        IDataView data = _images.Load(_ml);
        var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath",
            Teachers.Onnx(folder["backbone.onnx"], PixelNormalization.MinusOneToOne, new() { WeightDecay = 0.1 })).Fit(data);
        teacher.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromModel(teacher), Student = SmallNetworks.Student,
        }).Fit(data));
    }

    [Theory]
    [InlineData(true, 224)]
    [InlineData(false, 224)]
    [InlineData(true, 32)]
    [InlineData(false, 32)]
    public void An_onnx_backbone_is_fed_what_its_layout_asks_for(bool channelsFirst, int size)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["backbone.onnx"], Backbone(channelsFirst, size));
        byte[] pixels = new byte[PixelFormat.ByteCount];
        for (int i = 0; i < PixelFormat.ByteCount; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (255, 51, 0);

        using var backbone = OnnxBackbone.Load(new(folder["backbone.onnx"], PixelNormalization.ZeroToOne));
        float[] embedding = backbone.Embed(pixels);

        Assert.Equal([1, 0.2f, 0], embedding, new Near());
    }

    [Fact]
    public void A_text_file_called_onnx_is_rejected_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["backbone.onnx"], "not a model");

        var failure = Assert.Throws<InvalidModelException>(() => OnnxBackbone.Load(new(folder["backbone.onnx"], PixelNormalization.ZeroToOne)));

        Assert.Contains("backbone.onnx", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_embeddings_of_real_photographs_make_a_teacher_far_above_chance()
    {
        string weights = SharedFolder.Require("weights/mobilenet_v2_imagenet.onnx");
        string photographs = SharedFolder.Require("data/emotion6");
        using var folder = new TemporaryFolder();
        foreach (string emotion in (string[])["joy", "fear"])
            foreach (string file in Directory.GetFiles(Path.Combine(photographs, emotion)).Order(StringComparer.Ordinal).Take(60))
                File.Copy(file, folder[$"{emotion}/{Path.GetFileName(file)}"]);
        IDataView images = _ml.Data.LoadImageFolder(folder.Path);
        IDataView data = DrawnImages.MapLabels(_ml).Fit(images).Transform(images);
        var split = _ml.Data.StratifiedSplit(data, testFraction: 0.25);

        using var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", Teachers.Onnx(weights, PixelNormalization.MinusOneToOne)).Fit(split.TrainSet);

        Assert.True(_ml.MulticlassClassification.Evaluate(teacher.Transform(split.TestSet)).MicroAccuracy > 0.6);
    }

    /// <summary>An ONNX network from float images to the mean of each channel.</summary>
    private static byte[] Backbone(bool channelsFirst, int size)
    {
        var graph = new OnnxGraph();
        string value = graph.AddInput("image", VisualSentiment.Onnx.Proto.TensorProto.Types.DataType.Float,
            channelsFirst ? [3, size, size] : [size, size, 3]);
        if (!channelsFirst)
            value = graph.AddNode("Transpose", [value], ("perm", new long[] { 0, 3, 1, 2 }));
        graph.AddNamedNode("embedding", "GlobalAveragePool", [value]);
        graph.AddOutput("embedding", VisualSentiment.Onnx.Proto.TensorProto.Types.DataType.Float, 3, 1, 1);
        graph.Proto.Name = "backbone";
        var model = new VisualSentiment.Onnx.Proto.ModelProto { IrVersion = 8, Graph = graph.Proto };
        model.OpsetImport.Add(new VisualSentiment.Onnx.Proto.OperatorSetIdProto { Domain = "", Version = 17 });
        return Google.Protobuf.MessageExtensions.ToByteArray(model);
    }

    private static byte[][] State(OwnedNetwork network) =>
        [.. network.Module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.contiguous().bytes.ToArray())];

    private sealed class LabelRow
    {
        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class ScoreRow
    {
        [VectorType(3)]
        public float[] Score { get; set; } = [];
    }

    private sealed class ShareRow
    {
        [VectorType(3)]
        public float[] Shares { get; set; } = [];
    }

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-4;

        public int GetHashCode(float obj) => 0;
    }
}
