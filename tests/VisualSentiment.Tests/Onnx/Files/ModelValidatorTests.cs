using System.Diagnostics;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Tests.Onnx.Validation;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx.Files;

[Collection<ProcessState>]
public sealed class ModelValidatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> OnnxFiles => [.. HostileModels.OnnxFiles.Keys];

    public static TheoryData<string> ZipFiles => [.. HostileModels.ZipFiles.Keys];

    [Theory]
    [MemberData(nameof(OnnxFiles))]
    public void Hostile_model_is_rejected_with_its_reason(string name)
    {
        var (create, reason) = HostileModels.OnnxFiles[name];

        AssertRefused(create(), "model.onnx", reason);
    }

    [Theory]
    [MemberData(nameof(ZipFiles))]
    public void Hostile_zip_file_is_rejected_with_its_reason(string name)
    {
        var (create, reason) = HostileModels.ZipFiles[name];

        AssertRefused(create(), "model.zip", reason);
    }

    [Fact]
    public void Model_in_a_stream_without_an_end_is_rejected()
    {
        using var endless = new EndlessStream();

        var error = Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(endless));

        Assert.Contains("at most 91.4 MB are allowed", error.Message);
    }

    [Fact]
    public void Model_that_is_no_regular_file_is_rejected_without_opening_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files on Windows");
        string pipe = _folder["pipe.onnx"], link = _folder["link.onnx"];
        Process.Start("mkfifo", pipe).WaitForExit();
        File.CreateSymbolicLink(link, pipe);

        Assert.All([pipe, link, "/dev/zero"], path =>
            Assert.Contains("not a regular file", Assert.Throws<InvalidModelException>(() =>
                SentimentDetector.Load(path)).Message));
        var data = new Microsoft.ML.MLContext().Data.LoadFromEnumerable([new { ImagePath = "" }]);
        Assert.Throws<InvalidModelException>(() => SentimentTransformer.Load(pipe, data.Schema));
        Assert.Throws<InvalidModelException>(() => OnnxBackbone.Load(new(pipe, PixelNormalization.ImageNet)));
    }

    [Fact]
    public void Model_behind_a_link_loads()
    {
        File.WriteAllBytes(_folder["student.onnx"], ExportedStudent.Create());
        File.CreateSymbolicLink(_folder["link.onnx"], _folder["student.onnx"]);

        using var detector = SentimentDetector.Load(_folder["link.onnx"]);

        Assert.Equal(ExportedStudent.Classes, detector.Classes);
    }

    [Fact]
    public void Backbone_with_weights_in_other_files_is_rejected()
    {
        foreach (var (name, (create, _)) in HostileModels.OnnxFiles.Where(file =>
            file.Key.StartsWith("external", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(_folder["backbone.onnx"], create());

            var error = Assert.Throws<InvalidModelException>(() =>
                OnnxBackbone.Load(new(_folder["backbone.onnx"], PixelNormalization.ImageNet, "logits")));

            Assert.True(error.Message.Contains("save the weights inside the file", StringComparison.Ordinal),
                $"{name}: {error.Message}");
        }
    }

    [Fact]
    public void Scores_that_are_not_numbers_are_an_invalid_model()
    {
        File.WriteAllBytes(_folder["student.onnx"], HostileModels.Student(graph =>
        {
            TensorProto weights = graph.Initializer.First(constant =>
                constant.Name.EndsWith("fc.weight", StringComparison.Ordinal));
            weights.WriteFloats([.. Enumerable.Repeat(float.NaN, weights.ReadFloats().Length)]);
        }));
        using var detector = SentimentDetector.Load(_folder["student.onnx"]);
        byte[] image = TestImage.Encode(1);

        var error = Assert.Throws<InvalidModelException>(() => detector.Predict(image));

        Assert.Equal(_folder["student.onnx"], error.Model);
        Assert.Contains("not numbers", error.Message);
        Assert.Throws<InvalidModelException>(() => detector.PredictMany([(ReadOnlyMemory<byte>)image],
            cancellationToken: TestContext.Current.CancellationToken).ToArray());
    }

    [Fact]
    public void Weights_in_a_list_of_numbers_are_those_in_bytes()
    {
        byte[] bytes = ColorStudent.Create();
        var model = ModelProto.Parser.ParseFrom(bytes);
        foreach (TensorProto constant in model.Graph.Initializer.Where(constant =>
            constant.DataType == (int)TensorProto.Types.DataType.Float))
        {
            constant.FloatData.Add(constant.ReadFloats());
            constant.ClearRawData();
        }
        using var expected = SentimentDetector.Load(new MemoryStream(bytes));
        using var listed = SentimentDetector.Load(new MemoryStream(ModelDigest.Seal(model)));

        Assert.Equal(expected.Predict(TestImage.Encode(1)).Scores, listed.Predict(TestImage.Encode(1)).Scores);
    }

    [Fact]
    public void Explanation_costs_no_more_than_a_model_may()
    {
        byte[] image = TestImage.Encode(1);
        using var ensemble = SentimentDetector.Load(new MemoryStream(HostileModels.EnsembleOfItself()));
        using var head = SentimentDetector.Load(new MemoryStream(HostileModels.LargeHead()));

        Assert.Throws<NotSupportedException>(() => ensemble.Explain(image));
        Assert.Contains("640 MB", Assert.Throws<InvalidModelException>(() => head.Explain(image)).Message);
    }

    [Fact]
    public void Limits_are_settings_of_the_process()
    {
        byte[] model = ExportedStudent.Create();
        try
        {
            AppContext.SetData(ModelLimits.MultiplyAddsSetting, "1");
            Assert.Contains(ModelLimits.MultiplyAddsSetting, Assert.Throws<InvalidModelException>(() =>
                ModelValidator.Validate(model, "m")).Message);
            AppContext.SetData(ModelLimits.MultiplyAddsSetting, 6000);
            AppContext.SetData(ModelLimits.MemorySetting, 1);
            Assert.Contains(ModelLimits.MemorySetting, Assert.Throws<InvalidModelException>(() =>
                ModelValidator.Validate(model, "m")).Message);
        }
        finally
        {
            AppContext.SetData(ModelLimits.MultiplyAddsSetting, null);
            AppContext.SetData(ModelLimits.MemorySetting, null);
        }
        ModelValidator.Validate(model, "m");
    }

    private void AssertRefused(byte[] content, string name, string reason)
    {
        File.WriteAllBytes(_folder[name], content);

        var error = Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(_folder[name]));

        Assert.Equal(_folder[name], error.Model);
        Assert.True(error.Message.Contains(reason, StringComparison.Ordinal), error.Message);
        using var stream = new MemoryStream(content);
        Assert.Throws<InvalidModelException>(() => SentimentDetector.Load(stream));
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set =>
            throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill(8);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
