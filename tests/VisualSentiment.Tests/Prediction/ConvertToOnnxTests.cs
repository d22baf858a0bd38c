using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction;

/// <summary>The overloads beside those of ML.NET's Microsoft.ML.OnnxConverter, which this project references.</summary>
public sealed class ConvertToOnnxTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly SentimentTransformer _student = new(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);
    private readonly IDataView _data;
    private readonly MemoryStream _stream = new();

    public ConvertToOnnxTests() => _data = _ml.Data.LoadFromEnumerable([new Row { ImagePath = "photo.jpg", Label = "awe" }]);

    public void Dispose() => _student.Dispose();

    [Fact]
    public void Student_is_written_as_SaveAsOnnx_writes_it()
    {
        _ml.Model.ConvertToOnnx(_student, _data, _stream);

        Assert.Equal(ExportedStudent.Create(), _stream.ToArray());
    }

    [Fact]
    public void Student_is_written_for_a_schema_and_for_the_column_of_scores()
    {
        _ml.Model.ConvertToOnnx(_student, _data.Schema, _stream, "Score");

        Assert.Equal(ExportedStudent.Create(), _stream.ToArray());
    }

    [Fact]
    public void Student_at_the_end_of_a_chain_is_written()
    {
        TransformerChain<SentimentTransformer> chain = _ml.Transforms.Conversion.MapValueToKey("Label").Append(new ReadyMadeEstimator(_student)).Fit(_data);

        _ml.Model.ConvertToOnnx(chain, _data, _stream);
        _ml.Model.ConvertToOnnx(chain, _data.Schema, _stream);

        Assert.Equal([.. ExportedStudent.Create(), .. ExportedStudent.Create()], _stream.ToArray());
    }

    [Fact]
    public void Chain_that_creates_the_image_column_is_rejected()
    {
        var chain = _ml.Transforms.CopyColumns("ImagePath", "Label").Append(new ReadyMadeEstimator(_student)).Fit(_data);

        AssertRefused("ColumnCopyingTransformer creates or moves the image column 'ImagePath'",
            () => _ml.Model.ConvertToOnnx(chain, _data, _stream));
    }

    [Fact]
    public void Other_output_columns_are_rejected() => AssertRefused(
        "'PredictedLabel' cannot be exported", () => _ml.Model.ConvertToOnnx(_student, _data, _stream, "Score", "PredictedLabel"));

    [Fact]
    public void Other_operator_sets_are_rejected()
    {
        var chain = _ml.Transforms.CopyColumns("Name", "Label").Append(new ReadyMadeEstimator(_student)).Fit(_data);

        AssertRefused("operator set 12", () => _ml.Model.ConvertToOnnx(_student, _data, 12, _stream));
        AssertRefused("operator set 12", () => _ml.Model.ConvertToOnnx(_student, _data.Schema, 12, _stream));
        AssertRefused("operator set 12", () => _ml.Model.ConvertToOnnx(chain, _data, 12, _stream));
        AssertRefused("operator set 12", () => _ml.Model.ConvertToOnnx(chain, _data.Schema, 12, _stream));
    }

    [Fact]
    public void Schema_without_the_image_column_is_rejected() => Assert.Throws<ArgumentOutOfRangeException>(
        () => _ml.Model.ConvertToOnnx(_student, _ml.Transforms.DropColumns("ImagePath").Fit(_data).Transform(_data), _stream));

    [Fact]
    public void Loaded_model_is_rejected_by_ml_net()
    {
        using var file = new MemoryStream();
        _ml.Model.Save(_student, _data.Schema, file);
        file.Position = 0;
        ITransformer loaded = _ml.Model.Load(file, out _);
        using var owner = (IDisposable)loaded;

        Assert.Throws<InvalidOperationException>(() => _ml.Model.ConvertToOnnx(loaded, _data, _stream));
    }

    private void AssertRefused(string message, Action convert)
    {
        var error = Assert.Throws<NotSupportedException>(convert);

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("SentimentTransformer.SaveAsOnnx", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _stream.Length);
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
