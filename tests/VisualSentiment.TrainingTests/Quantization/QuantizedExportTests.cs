using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Quantization;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Quantization;

/// <summary>What users see of quantization: <c>SaveAsOnnx</c> with options.</summary>
public sealed class QuantizedExportTests : IDisposable
{
    private const int Images = 9;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _images;
    private readonly string _saved;

    public QuantizedExportTests()
    {
        for (int i = 0; i < Images; i++)
            TestImage.Write(_folder[$"images/{ExportedStudent.Classes[i % 3]}/{i}.png"], i);
        _images = _ml.Data.LoadImageFolder(_folder["images"]);
        _saved = Target;
    }

    private string Target => _folder["small/student.onnx"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Distilled_student_is_quantized_with_images_it_was_trained_on()
    {
        using var drawn = new DrawnImages(6);
        IDataView data = drawn.Load(_ml);
        using var student = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Student = SmallNetworks.Student, Loss = DistillationLosses.HardLabels, Epochs = 4, BatchSize = 6, LearningRate = 0.02, ValidationFraction = 0.3, KeepCalibrationImages = true,
        }).Fit(data);

        student.SaveAsOnnx(Target, new() { Quantize = true, MaxAccuracyLoss = 20 });

        using var detector = SentimentDetector.Load(Target);
        Assert.Equal(student.Classes, detector.Classes);
        float[][] scores = [.. student.Transform(data).GetColumn<float[]>("Score")];
        string[] paths = [.. data.GetColumn<string>("ImagePath")];
        for (int i = 0; i < paths.Length; i++)
        {
            var prediction = detector.Predict(paths[i]);
            Assert.All(student.Classes.Zip(scores[i]), score => Assert.Equal(score.Second, prediction[score.First], 0.03f));
        }
    }

    [Fact]
    public void Loaded_student_is_quantized_with_images_that_are_given()
    {
        using var student = Load();

        student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _images, MaxAccuracyLoss = 100 });

        using var quantized = SentimentTransformer.Load(Target, _images.Schema);
        Assert.Equal("int8", OnnxModelInfo.Read(File.ReadAllBytes(Target), "test").Quantization);
        Assert.Equal(student.Classes, quantized.Classes);
    }

    [Fact]
    public void Quantized_student_is_saved_in_ML_NETs_format_and_loaded_again()
    {
        using (var student = Load())
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _images, MaxAccuracyLoss = 100 });
        using var quantized = SentimentTransformer.Load(Target, _images.Schema);

        _ml.Model.Save(quantized, _images.Schema, _folder["small.zip"]);

        var loaded = _ml.Model.Load(_folder["small.zip"], out _);
        using var owner = (IDisposable)loaded;
        Assert.Equal(quantized.Transform(_images).GetColumn<float[]>("Score"), loaded.Transform(_images).GetColumn<float[]>("Score"));
        using var fromZip = SentimentTransformer.Load(_folder["small.zip"], _images.Schema);
        Assert.Equal(quantized.Transform(_images).GetColumn<float[]>("Score"), fromZip.Transform(_images).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void Quantized_student_is_written_again_as_it_is()
    {
        using (var student = Load())
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _images, MaxAccuracyLoss = 100 });
        using var quantized = SentimentTransformer.Load(Target, _images.Schema);
        using var stream = new MemoryStream();

        quantized.SaveAsOnnx(stream, new() { Quantize = true });

        Assert.Equal(File.ReadAllBytes(Target), stream.ToArray());
    }

    [Fact]
    public void Without_images_both_ways_out_are_named()
    {
        using var student = Load();

        var error = Assert.Throws<InvalidOperationException>(() => student.SaveAsOnnx(Target, new() { Quantize = true }));

        Assert.Contains("Quantization requires calibration images", error.Message);
        Assert.Contains(nameof(OnnxExportOptions.CalibrationData), error.Message);
        Assert.Contains(nameof(KnowledgeDistillationOptions.KeepCalibrationImages), error.Message);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void An_accuracy_loss_beyond_the_limit_is_named_and_nothing_is_written()
    {
        var cost = new QuantizationCost(Images: 200, Agreement: 0.9, FloatAccuracy: 0.6, QuantizedAccuracy: 0.575);

        var error = Assert.Throws<InvalidOperationException>(() => cost.ThrowIfAbove(1));

        Assert.Contains("57.5 % of 200 images correctly, the float student 60.0 %: 2.5 points lost", error.Message);
        Assert.Contains("MaxAccuracyLoss is 1", error.Message);
        cost.ThrowIfAbove(2.6);
    }

    [Fact]
    public void Without_labels_every_image_in_another_class_counts_as_lost()
    {
        var cost = new QuantizationCost(Images: 200, Agreement: 0.98, FloatAccuracy: null, QuantizedAccuracy: null);

        Assert.Equal(2, cost.Points, 1e-9);
        Assert.Contains("predicts another class for 2.0 % of 200 images", Assert.Throws<InvalidOperationException>(() => cost.ThrowIfAbove(1)).Message);
    }

    [Fact]
    public void Accuracy_gained_is_no_loss() => Assert.Equal(0, new QuantizationCost(100, 0.99, 0.5, 0.51).Points);

    [Fact]
    public void Refused_student_leaves_the_file_that_was_there()
    {
        File.WriteAllText(Target, "before");
        using var student = new SentimentTransformer(Coarse(), "ImagePath", TextDataViewType.Instance);

        Assert.Throws<InvalidOperationException>(() =>
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _ml.Transforms.DropColumns("Label").Fit(_images).Transform(_images), MaxAccuracyLoss = 0 }));

        Assert.Equal("before", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Canceled_quantization_writes_nothing()
    {
        using var student = Load();
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _images, CancellationToken = cancellation.Token }));

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Options_that_are_wrong_are_listed_together()
    {
        using var student = Load();

        var error = Assert.Throws<ArgumentException>(() =>
            student.SaveAsOnnx(Target, new() { CalibrationData = _images, MaxAccuracyLoss = double.NaN, LabelColumnName = " " }));

        Assert.Contains("3 errors", error.Message);
        Assert.Contains("MaxAccuracyLoss is NaN", error.Message);
        Assert.Contains("Quantize is false", error.Message);
        Assert.Contains("LabelColumnName is empty", error.Message);
    }

    [Fact]
    public void Labels_the_student_does_not_know_are_named()
    {
        TestImage.Write(_folder["images/boredom/x.png"], 4);
        TestImage.Write(_folder["images/boredom/y.png"], 5);
        using var student = Load();

        var error = Assert.Throws<ArgumentException>(() =>
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _ml.Data.LoadImageFolder(_folder["images"]) }));

        Assert.Contains("boredom", error.Message);
        Assert.Contains("amusement, anger, awe", error.Message);
    }

    [Fact]
    public void Calibration_data_without_the_image_column_or_without_rows_is_rejected()
    {
        using var student = Load();
        var other = _ml.Transforms.DropColumns("ImagePath").Fit(_images).Transform(_images);

        Assert.Contains("'ImagePath'", Assert.Throws<ArgumentException>(() =>
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = other })).Message);
        Assert.Contains("no rows", Assert.Throws<ArgumentException>(() =>
            student.SaveAsOnnx(Target, new() { Quantize = true, CalibrationData = _ml.Data.SkipRows(_images, Images) })).Message);
    }

    private SentimentTransformer Load()
    {
        File.WriteAllBytes(_saved, ExportedStudent.Create());
        var student = SentimentTransformer.Load(_saved, _images.Schema);
        File.Delete(_saved);
        return student;
    }

    /// <summary>A student whose classes hang on differences that bytes cannot show.</summary>
    private static byte[] Coarse()
    {
        VisualSentiment.LibTorch.LibTorchBackend.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(2);
        using var network = Sequential(Conv2d(3, 16, 4, stride: 4), ReLU(), Conv2d(16, 16, 1), ReLU(), AdaptiveAvgPool2d(1), Flatten(), new Contrast());
        return OnnxExporter.Export(network, new OnnxModelInfo { Classes = ExportedStudent.Classes });
    }

    /// <summary>Sums of 16 features whose sign alone matters, without what all images have in common.</summary>
    private sealed class Contrast : Module<torch.Tensor, torch.Tensor>, IOnnxExportable
    {
        private readonly TorchSharp.Modules.Linear linear = Linear(16, 3);

        public Contrast() : base(nameof(Contrast)) => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor input) => (linear.call(input) * 1e6).sin();

        public string ExportOnnx(OnnxGraph graph, string input) => graph.AddNode("Sin",
            [graph.AddNode("Mul", [graph.AddModule("linear", linear, input), graph.AddWeight("much", [1e6f])])]);
    }
}
