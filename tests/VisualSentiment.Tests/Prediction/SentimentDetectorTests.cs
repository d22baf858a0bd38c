using System.IO.Compression;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction;

public sealed class SentimentDetectorTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly string _onnx;
    private readonly string _image;

    public SentimentDetectorTests()
    {
        _onnx = _folder["student.onnx"];
        File.WriteAllBytes(_onnx, ExportedStudent.Create());
        _image = TestImage.Write(_folder["image.png"], 1);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Info_describes_the_model()
    {
        using var detector = SentimentDetector.Load(BuiltStudent.Create(new OnnxModelInfo
        {
            Classes = ["awe"],
            Fit = ImageFit.CenterCrop,
            Teacher = "ResNet-18",
            Recipe = "balanced",
            Temperature = 2.5,
            Loss = "soft targets",
            Settings = new Dictionary<string, string> { ["loss"] = "soft targets, T=2.5", ["epochs"] = "30" },
            Metrics = new Dictionary<string, string> { ["student"] = "compact", ["epochs"] = "12" },
        }, (graph, value) => graph.AddLinear("fc", graph.AddMeans(value), new float[3], new float[1])));

        SentimentModelInfo info = detector.Info;

        Assert.Equal(("compact", "ResNet-18", "balanced"), (info.Student, info.Teacher, info.Recipe));
        Assert.Equal(ImageFit.CenterCrop, info.ImageFit);
        Assert.Null(info.Quantization);
        Assert.Equal([("epochs", "30"), ("loss", "soft targets, T=2.5"), ("temperature", "2.5")],
            info.Settings.Select(setting => (setting.Key, setting.Value)).Order());
        Assert.Equal([KeyValuePair.Create("epochs", "12")], info.Metrics);
        Assert.NotNull(info.LibraryVersion);
    }

    [Fact]
    public void Every_way_to_give_an_image_gives_the_same_prediction()
    {
        using var detector = SentimentDetector.Load(_onnx);
        using var stream = File.OpenRead(_image);
        using var image = MLImage.CreateFromFile(_image);

        var expected = detector.Predict(_image).Scores;

        Assert.Equal(expected, detector.Predict(File.ReadAllBytes(_image)).Scores);
        Assert.Equal(expected, detector.Predict(stream).Scores);
        Assert.Equal(expected, detector.Predict(image).Scores);
        Assert.True(stream.CanRead);
        Assert.Equal(48, image.Width);
    }

    [Fact]
    public void Prediction_names_the_most_probable_emotion()
    {
        using var detector = SentimentDetector.Load(_onnx);

        var prediction = detector.Predict(_image);

        Assert.Equal(ExportedStudent.Classes, detector.Classes);
        Assert.Equal(ExportedStudent.Classes, prediction.Scores.Keys);
        Assert.Equal(prediction.Scores.Values.Max(), prediction.Confidence);
        Assert.Equal(prediction.Confidence, prediction[prediction.Emotion]);
        Assert.Equal(1, prediction.Scores.Values.Sum(), 1e-5f);
    }

    [Fact]
    public void Unknown_emotion_is_answered_with_the_known_ones()
    {
        using var detector = SentimentDetector.Load(_onnx);

        var error = Assert.Throws<ArgumentException>(() => detector.Predict(_image)["joy"]);

        Assert.Contains("'joy'", error.Message);
        Assert.Contains("amusement, anger, awe", error.Message);
    }

    [Fact]
    public void Saved_ml_net_model_gives_the_predictions_of_the_transformer()
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new Row { ImagePath = _image }]);
        using var transformer = new SentimentTransformer(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);
        var model = ml.Transforms.CopyColumns("Copy", "ImagePath").Append(new ReadyMadeEstimator(transformer)).Fit(data);
        ml.Model.Save(model, data.Schema, _folder["model.zip"]);

        using var detector = SentimentDetector.Load(_folder["model.zip"]);

        Assert.Equal(model.Transform(data).GetColumn<float[]>("Score").Single(), detector.Predict(_image).Scores.Values);
    }

    [Fact]
    public void Detector_loads_from_a_stream_that_stays_open()
    {
        using var stream = File.OpenRead(_onnx);
        using var detector = SentimentDetector.Load(stream);

        Assert.Equal(ExportedStudent.Classes, detector.Classes);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Detector_loads_from_memory()
    {
        using var expected = SentimentDetector.Load(_onnx);
        using var detector = SentimentDetector.Load(File.ReadAllBytes(_onnx));

        Assert.Equal(expected.Predict(_image).Scores, detector.Predict(_image).Scores);
        Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(new byte[] { 1, 2, 3 }));
    }

    [Fact]
    public void Options_configure_every_session()
    {
        int sessions = 0;
        string onnx = _folder["explainable.onnx"];
        File.WriteAllBytes(onnx, ColorStudent.Create());
        using var single = SentimentDetector.Load(onnx);
        using var detector = SentimentDetector.Load(onnx, new DetectorOptions
        {
            Threads = 3,
            ConfigureSession = options =>
            {
                Assert.Equal(3, options.IntraOpNumThreads);
                sessions++;
            },
        });

        Assert.Equal(1, sessions);
        Assert.All(single.Predict(_image).Scores.Values.Zip(detector.Predict(_image).Scores.Values),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        detector.Explain(_image);
        detector.Explain(_image);
        Assert.Equal(2, sessions);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Thread_counts_out_of_range_are_rejected(int threads)
    {
        var options = new DetectorOptions { Threads = threads };
        string expected = $"Threads is {threads}; it must be from 1 to 1024";

        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => SentimentDetector.Load(_onnx, options)).Message);
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => SentimentDetector.Load(File.ReadAllBytes(_onnx), options)).Message);
    }

    [Fact]
    public void Threads_share_a_detector()
    {
        using var detector = SentimentDetector.Load(_onnx);
        byte[][] images = [.. Enumerable.Range(0, 8).Select(TestImage.Encode)];
        var expected = images.Select(p => detector.Predict(p).Scores.Values.ToArray()).ToArray();

        Parallel.For(0, 200, i => Assert.Equal(expected[i % 8], detector.Predict(images[i % 8]).Scores.Values));
    }

    [Fact]
    public void Detector_may_be_disposed_while_others_predict()
    {
        var detector = SentimentDetector.Load(_onnx);
        byte[] image = TestImage.Encode(3);
        var expected = detector.Predict(image).Scores.Values.ToArray();

        Parallel.For(0, 100, i =>
        {
            if (i == 50)
                detector.Dispose();
            try
            {
                Assert.Equal(expected, detector.Predict(image).Scores.Values);
            }
            catch (ObjectDisposedException)
            {
            }
        });

        Assert.Throws<ObjectDisposedException>(() => detector.Predict(image));
        detector.Dispose();
    }

    [Fact]
    public void Unreadable_image_is_named()
    {
        using var detector = SentimentDetector.Load(_onnx);

        Assert.Equal("nowhere.jpg", Assert.Throws<UnreadableImageException>(() => detector.Predict("nowhere.jpg")).Image);
        Assert.Throws<UnreadableImageException>(() => detector.Predict("no image"u8.ToArray()));
    }

    public static TheoryData<string, byte[], string> Unusable => new()
    {
        { "empty.onnx", [], "not a complete ONNX model" },
        { "text.onnx", "# Notes\nThis is a text file.\n"u8.ToArray(), "not a complete ONNX model" },
        { "half.onnx", ExportedStudent.Create()[..1000], "SaveAsOnnx" },
        { "other.onnx", Tampered(m => m.MetadataProps.Clear()), "was not exported by this library" },
        { "shape.onnx", Tampered(m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1), "uint8 [N, 224, 224, 3]" },
        { "outputs.onnx", Tampered(m => m.Graph.Output.RemoveAt(1)), "logits" },
        { "classes.onnx", Tampered(m => m.MetadataProps.Single(p => p.Key.EndsWith("classes")).Value = "[\"awe\"]"), "a student with 1 classes" },
        { "half.zip", Zip("OnnxModel", new byte[100])[..60], "damaged zip" },
        { "none.zip", Zip("Model.key", [1, 2, 3]), "without a student" },
        { "junk.zip", Zip("Transform_000/OnnxModel", [4, 0, 0, 0, 1, 2, 3, 4]), "without a student" },
        { "short.zip", Zip("Transform_000/OnnxModel", [255, 0, 0, 0, 1]), "damaged zip" },
        { "two.zip", Zip("OnnxModel", [.. BitConverter.GetBytes(ExportedStudent.Create().Length), .. ExportedStudent.Create()], copies: 2), "several students" },
    };

    [Theory]
    [MemberData(nameof(Unusable), DisableDiscoveryEnumeration = true)]
    public void Unusable_model_is_named_and_explained(string name, byte[] content, string explanation)
    {
        File.WriteAllBytes(_folder[name], content);

        var error = Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(_folder[name]));

        Assert.Equal(_folder[name], error.Model);
        Assert.Contains(name, error.Message);
        Assert.Contains(explanation, error.Message);
    }

    [Fact]
    public void Missing_model_is_named()
    {
        Assert.Contains("nowhere.onnx", Assert.Throws<InvalidModelException>(() => SentimentDetector.Load("nowhere.onnx")).Message);
        Assert.Contains("folder", Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(_folder.Path)).Message);
    }

    [Fact]
    public async Task Streams_are_read_by_asynchronous_calls_alone()
    {
        using var detector = SentimentDetector.Load(_onnx);
        byte[] image = File.ReadAllBytes(_image);
        var expected = detector.Predict(image);
        using var body = new AsynchronousStream(image);

        Assert.Equal(expected, await detector.PredictAsync(body, Token));
        Assert.True(body.CanRead);
        Assert.Equal(expected, await detector.PredictAsync(_image, Token));
        Assert.Equal(expected, await ((ISentimentDetector)new FakeDetector(expected)).PredictAsync(new AsynchronousStream(image), Token));
        Assert.Equal("nowhere.jpg", (await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync("nowhere.jpg", Token))).Image);
        await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync(new AsynchronousStream("no image"u8.ToArray()), Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.PredictAsync(new AsynchronousStream(image), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Memory_and_files_are_predicted_asynchronously()
    {
        using var detector = SentimentDetector.Load(_onnx);
        byte[] image = File.ReadAllBytes(_image);
        var expected = detector.Predict(image);
        ISentimentDetector fake = new FakeDetector(expected);

        Assert.Equal(expected, await detector.PredictAsync(image, Token));
        Assert.Equal(expected, await fake.PredictAsync(image, Token));
        Assert.Equal(expected, await fake.PredictAsync(_image, Token));
        Assert.Equal("nowhere.jpg", (await Assert.ThrowsAsync<UnreadableImageException>(() => fake.PredictAsync("nowhere.jpg", Token))).Image);
        await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync("no image"u8.ToArray(), Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.PredictAsync(image, new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.PredictAsync(_image, new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fake.PredictAsync(image, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Models_are_loaded_by_asynchronous_calls_alone()
    {
        byte[] model = File.ReadAllBytes(_onnx);
        using var expected = SentimentDetector.Load(_onnx);
        using var stream = new AsynchronousStream(model);

        using var ofFile = await SentimentDetector.LoadAsync(_onnx, cancellationToken: Token);
        using var ofStream = await SentimentDetector.LoadAsync(stream, cancellationToken: Token);

        Assert.Equal(expected.Predict(_image), ofFile.Predict(_image));
        Assert.Equal(expected.Predict(_image), ofStream.Predict(_image));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public async Task Asynchronous_loading_reports_the_errors_of_loading()
    {
        string damaged = _folder["damaged.onnx"];
        File.WriteAllBytes(damaged, File.ReadAllBytes(_onnx)[..^100]);

        foreach (string path in new[] { damaged, _folder["missing.onnx"], _folder.Path })
            Assert.Equal(Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(path)).Message,
                (await Assert.ThrowsAsync<InvalidModelException>(() => SentimentDetector.LoadAsync(path, cancellationToken: Token))).Message);
        await Assert.ThrowsAsync<ArgumentException>(() => SentimentDetector.LoadAsync(_onnx, new DetectorOptions { Threads = 0 }, Token));
        await Assert.ThrowsAsync<InvalidModelException>(() => SentimentDetector.LoadAsync(Stream.Null, cancellationToken: Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => SentimentDetector.LoadAsync(_onnx, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Limits_of_the_options_hold_for_this_detector_alone()
    {
        byte[] image = File.ReadAllBytes(_image);
        using var any = SentimentDetector.Load(_onnx);
        using var small = SentimentDetector.Load(_onnx, new DetectorOptions { Limits = new() { MaxPixels = 100 } });
        using var brief = SentimentDetector.Load(_onnx, new DetectorOptions { Limits = new() { MaxFileBytes = image.Length - 1 } });

        Assert.NotNull(any.Predict(image));
        Assert.Contains("MaxPixels", Assert.Throws<UnreadableImageException>(() => small.Predict(image)).Reason);
        Assert.Contains("MaxPixels", Assert.Throws<UnreadableImageException>(() => small.Explain(_image)).Reason);
        Assert.Contains("MaxFileBytes", Assert.Throws<UnreadableImageException>(() => brief.Predict(_image)).Reason);
        Assert.Contains("MaxFileBytes", (await Assert.ThrowsAsync<UnreadableImageException>(
            () => brief.PredictAsync(new AsynchronousStream(image), Token))).Reason);
        Assert.Contains("MaxPixels is 0", Assert.Throws<ArgumentException>(
            () => SentimentDetector.Load(_onnx, new DetectorOptions { Limits = new() { MaxPixels = 0 } })).Message);
    }

    [Fact]
    public async Task A_fake_needs_only_classes_and_one_method()
    {
        ISentimentDetector detector = new FakeDetector(new SentimentPrediction(["awe", "fear"], [0.9f, 0.1f]));
        async IAsyncEnumerable<Stream> Uploads()
        {
            await Task.Yield();
            yield return File.OpenRead(_image);
            yield return new MemoryStream();
        }
        using var stream = File.OpenRead(_image);
        List<ImageResult> results = [];

        await foreach (ImageResult result in detector.PredictManyAsync(Uploads(), cancellationToken: Token))
            results.Add(result);

        Assert.Equal("awe", detector.Predict(_image).Emotion);
        Assert.Equal("awe", detector.Predict(stream).Emotion);
        Assert.Equal(["image 0: awe (90 %)", "image 1: it is empty"], results.Select(result => result.ToString()));
    }

    private static byte[] Tampered(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(ExportedStudent.Create());
        change(model);
        if (model.MetadataProps.SingleOrDefault(entry => entry.Key == ModelDigest.Key) is { } digest)
            model.MetadataProps.Remove(digest);
        return model.ToByteArray();
    }

    private static byte[] Zip(string entry, byte[] content, int copies = 1)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            for (int i = 0; i < copies; i++)
            {
                using var writer = zip.CreateEntry(i == 0 ? entry : $"{i}/{entry}").Open();
                writer.Write(content);
            }
        return stream.ToArray();
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class FakeDetector(SentimentPrediction prediction) : ISentimentDetector
    {
        public IReadOnlyList<string> Classes => [.. prediction.Scores.Keys];

        public SentimentPrediction Predict(ReadOnlyMemory<byte> encoded) =>
            encoded.IsEmpty ? throw new UnreadableImageException("empty", "it is empty") : prediction;
    }
}
