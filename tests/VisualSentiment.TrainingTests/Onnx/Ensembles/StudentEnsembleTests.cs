using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Quantization;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Ensembles;

public sealed class StudentEnsembleTests : IDisposable
{
    private static readonly string[] Classes = ["calm", "hope", "rage"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<SentimentTransformer> _students = [];
    private readonly byte[] _pixels = SketchedPixels.Draw(8);

    public StudentEnsembleTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _students.ForEach(student => student.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void Probabilities_are_the_mean_of_the_students()
    {
        SentimentTransformer[] members = [Student(1), Student(2), Student(3)];

        using var ensemble = SentimentTransformer.Ensemble(members);

        AssertSame(Average(members, 1 / 3f, 1 / 3f, 1 / 3f), Score(ensemble));
        float[] logits = new float[3];
        ensemble.Classifier.Logits(_pixels, 1, logits);
        AssertSame(Score(ensemble).Select(p => MathF.Log(p)), logits);
    }

    [Fact]
    public void Weights_need_not_add_up_to_one()
    {
        using var ensemble = SentimentTransformer.Ensemble((Student(1), 1), (Student(2), 3));

        AssertSame(Average(_students, 0.25f, 0.75f), Score(ensemble));
    }

    [Fact]
    public void An_ensemble_outlives_its_students_and_is_saved_and_loaded_as_one_of_them()
    {
        var ml = new MLContext();
        string image = TestImage.Write(_folder["image.png"], 4);
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = image }]);
        using var ensemble = SentimentTransformer.Ensemble(Student(1), Student(2));
        _students.ForEach(student => student.Dispose());

        float[] expected = ensemble.Transform(data).GetColumn<float[]>("Score").Single();
        ensemble.SaveAsOnnx(_folder["ensemble.onnx"]);
        ml.Model.Save(ensemble, data.Schema, _folder["ensemble.zip"]);

        foreach (string file in (string[])["ensemble.onnx", "ensemble.zip"])
        {
            using var detector = SentimentDetector.Load(_folder[file]);
            Assert.Equal(Classes, detector.Classes);
            Assert.Equal(expected, detector.Predict(image).Scores.Values);
        }
        ITransformer chain = ml.Model.Load(_folder["ensemble.zip"], out _);
        using var owner = (IDisposable)chain;
        Assert.Equal(expected, chain.Transform(data).GetColumn<float[]>("Score").Single());
        using var loaded = SentimentTransformer.Load(_folder["ensemble.onnx"], data.Schema);
        Assert.Equal(expected, loaded.Transform(data).GetColumn<float[]>("Score").Single());
        var slots = default(VBuffer<ReadOnlyMemory<char>>);
        chain.Transform(data).Schema["Score"].GetSlotNames(ref slots);
        Assert.Equal(Classes, slots.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Pixels_are_cast_once_and_the_metadata_tells_the_students()
    {
        using var ensemble = SentimentTransformer.Ensemble((Student(1, temperature: 3), 1), (Student(2, temperature: 5), 1));
        byte[] bytes = Export(ensemble);
        var model = ModelProto.Parser.ParseFrom(bytes);
        OnnxModelInfo info = OnnxModelInfo.Read(bytes, "ensemble");

        Assert.Single(model.Graph.Node, node => node.OpType == "Cast");
        Assert.Equal(2, model.Graph.Node.Count(node => node.OpType == "Conv"));
        Assert.Equal([3, 5], info.Members.Select(member => member.Temperature!.Value));
        Assert.Equal([0.5, 0.5], info.Members.Select(member => member.Weight));
        Assert.Equal("a teacher", info.Teacher);
        Assert.Null(info.Temperature);
        Assert.Contains("\"temperature\":5", model.MetadataProps.Single(pair => pair.Key == "visualsentiment.members").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_student_twice_is_computed_once()
    {
        var student = Student(1);
        using var ensemble = SentimentTransformer.Ensemble(student, student);

        Assert.Single(ModelProto.Parser.ParseFrom(Export(ensemble)).Graph.Node, node => node.OpType == "Conv");
        AssertSame(Score(student), Score(ensemble));
    }

    [Fact]
    public void Evidence_is_the_average_of_the_students_on_the_finest_grid()
    {
        using var scope = NewDisposeScope();
        // 28 x 28 features have 14 x 14 cells, those of the other student 7 x 7.
        var coarse = Student(Sequential(Conv2d(3, 8, kernel_size: 32, stride: 32), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(8, 3)));
        using var ensemble = SentimentTransformer.Ensemble((Student(1), 1), (coarse, 3), (Student(2), 4));
        float[] scores = new float[3], expected = new float[3 * 14 * 14];
        using var classifier = new OnnxClassifier(Export(ensemble), "ensemble");

        var grid = classifier.Explain(_pixels, scores);

        foreach (var (student, share) in new[] { (_students[1], 1 / 8f), (_students[0], 3 / 8f), (_students[2], 4 / 8f) })
        {
            using var alone = new OnnxClassifier(Export(student), "student");
            var map = alone.Explain(_pixels, new float[3]);
            int cell = 14 / map.Width;
            for (int i = 0; i < expected.Length; i++)
                expected[i] += share * map.Of(i / (14 * 14))[i % (14 * 14) / 14 / cell * map.Width + i % 14 / cell];
        }
        Assert.Equal((14, 14), (grid.Width, grid.Height));
        Assert.All(expected.Zip(grid.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        AssertSame(Score(ensemble), scores);
    }

    [Fact]
    public void An_ensemble_may_be_a_student_of_another()
    {
        using var two = SentimentTransformer.Ensemble(Student(1), Student(2));
        using var three = SentimentTransformer.Ensemble((two, 2), (Student(3), 1));

        AssertSame(Average(_students, 1 / 3f, 1 / 3f, 1 / 3f), Score(three));
    }

    [Fact]
    public void Students_of_8_bit_integers_are_averaged_too_but_an_ensemble_is_not_quantized()
    {
        using var images = SketchedPixels.Keep(6);
        var eightBit = Keep(StudentQuantizer.Quantize(Export(Student(1)), images, TestContext.Current.CancellationToken));
        using var ensemble = SentimentTransformer.Ensemble(eightBit, Student(2));

        AssertSame(Average([eightBit, _students[^1]], 0.5f, 0.5f), Score(ensemble));
        Assert.Equal("int8 and float32", OnnxModelInfo.Read(Export(ensemble), "ensemble").Quantization);
        using var floats = SentimentTransformer.Ensemble(Student(1), Student(2));
        foreach (var refused in (SentimentTransformer[])[ensemble, floats])
            Assert.Contains("cannot be quantized as a whole", Assert.Throws<NotSupportedException>(
                () => refused.SaveAsOnnx(_folder["int8.onnx"], new() { Quantize = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Students_that_do_not_fit_together_are_rejected_with_both()
    {
        var student = Student(1);
        AssertRefused("[calm, hope, rage]", "[rage, hope, calm]", student, Student(2, classes: ["rage", "hope", "calm"]));
        AssertRefused("[calm, hope, rage]", "[calm, hope, envy]", student, Student(2, classes: ["calm", "hope", "envy"]));
        AssertRefused("[Fill]", "[CenterCrop]", student, Student(2, fit: ImageFit.CenterCrop));
        AssertRefused("0.485", "(0, 0, 0) / (1, 1, 1)", student, Student(2, normalization: PixelNormalization.ZeroToOne));
        AssertRefused("'ImagePath'", "'Other'", student, Keep(Export(student), "Other"));
        Assert.Throws<ArgumentException>(() => SentimentTransformer.Ensemble(Array.Empty<SentimentTransformer>()));
        Assert.Throws<ArgumentNullException>(() => SentimentTransformer.Ensemble(student, null!));
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => SentimentTransformer.Ensemble((student, -1.0))).Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string first, string second, params SentimentTransformer[] members)
    {
        string message = Assert.Throws<ArgumentException>(() => SentimentTransformer.Ensemble(members)).Message;
        Assert.Contains(first, message, StringComparison.Ordinal);
        Assert.Contains(second, message, StringComparison.Ordinal);
    }

    private static void AssertSame(IEnumerable<float> expected, IEnumerable<float> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

    private float[] Average(IReadOnlyList<SentimentTransformer> members, params float[] shares) =>
        [.. Enumerable.Range(0, 3).Select(i => members.Zip(shares, (member, share) => share * Score(member)[i]).Sum())];

    private float[] Score(SentimentTransformer student)
    {
        float[] scores = new float[3];
        student.Classifier.Score(_pixels, 1, scores);
        return scores;
    }

    private static byte[] Export(SentimentTransformer student)
    {
        using var stream = new MemoryStream();
        student.SaveAsOnnx(stream);
        return stream.ToArray();
    }

    private SentimentTransformer Student(int seed, string[]? classes = null, ImageFit fit = ImageFit.Fill, double? temperature = null, PixelNormalization? normalization = null)
    {
        random.manual_seed(seed);
        using var scope = NewDisposeScope();
        return Student(SmallNetworks.Plain(3), classes, fit, temperature, normalization);
    }

    private SentimentTransformer Student(Module<Tensor, Tensor> network, string[]? classes = null, ImageFit fit = ImageFit.Fill, double? temperature = null,
        PixelNormalization? normalization = null) => Keep(OnnxExporter.Export(network, new OnnxModelInfo
        {
            Classes = classes ?? Classes,
            Fit = fit,
            Temperature = temperature,
            Teacher = "a teacher",
            Normalization = normalization ?? PixelNormalization.ImageNet,
        }));

    private SentimentTransformer Keep(byte[] model, string column = "ImagePath")
    {
        var student = new SentimentTransformer(model, column, TextDataViewType.Instance);
        _students.Add(student);
        return student;
    }
}
