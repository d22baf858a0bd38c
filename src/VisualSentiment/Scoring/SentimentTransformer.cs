using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Scoring;
using VisualSentiment.Scoring.Saving;

namespace VisualSentiment;

/// <summary>
/// A distilled student as an ML.NET transformer. To every row it adds <c>PredictedLabel</c>, a key whose values are the
/// class names, and <c>Score</c>, a vector of C probabilities in the order of <see cref="Classes"/>. It is what
/// <c>Fit</c> returns; it can be appended to, evaluated, cross-validated, and saved with <c>ml.Model.Save</c>. A saved
/// model loads in any process that can load this library, without TorchSharp's native libraries.
/// </summary>
public sealed class SentimentTransformer : ITransformer, IDisposable
{
    private readonly byte[] _onnxModel;
    private readonly OnnxClassifier _classifier;
    private readonly string _imageColumn;
    private readonly DataViewType _imageType;

    /// <param name="onnxModel">A student, as exported.</param>
    /// <param name="imageColumn">The column that holds the pictures.</param>
    /// <param name="imageType">Its type in the training data; what is saved takes pictures of this kind.</param>
    /// <exception cref="InvalidModelException">The bytes are no student that this library exported.</exception>
    internal SentimentTransformer(byte[] onnxModel, string imageColumn, DataViewType imageType)
    {
        _onnxModel = onnxModel;
        _classifier = new OnnxClassifier(onnxModel, "student");
        _imageColumn = imageColumn;
        _imageType = imageType;
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Classes => _classifier.Classes;

    /// <summary>What came of each epoch of the training that made this transformer; empty where it was not trained here.</summary>
    public IReadOnlyList<EpochResult> History { get; internal init; } = [];

    /// <summary>The temperature of the distillation; null where the model does not say.</summary>
    internal double? Temperature => _classifier.Info.Temperature;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>Writes the student as an ONNX file, which appears complete or not at all.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string target = Path.GetFullPath(path);
        string unfinished = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(unfinished, _onnxModel);
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Writes the student in the ONNX format. The stream stays open.</summary>
    /// <param name="stream">Where.</param>
    public void SaveAsOnnx(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(_onnxModel);
    }

    /// <summary>The schema with <c>PredictedLabel</c> and <c>Score</c>.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <exception cref="ArgumentException">It has no image column of the kind the model was trained on.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => CreateMapper(inputSchema).OutputSchema;

    /// <summary>Adds <c>PredictedLabel</c> and <c>Score</c> to data, row by row as it is read.</summary>
    /// <param name="input">The data to score.</param>
    /// <exception cref="ArgumentException">It has no image column of the kind the model was trained on.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, CreateMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => CreateMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => SavedChain.Save(ctx, _onnxModel, _classifier.Info, _imageColumn, _imageType);

    /// <summary>Frees the model. Data that this transformer scores cannot be read any more.</summary>
    public void Dispose() => _classifier.Dispose();

    private ScoringMapper CreateMapper(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var mapper = new ScoringMapper(_classifier, schema, _imageColumn);
        DataViewType type = schema[_imageColumn].Type;
        return PictureKinds.Of(type) == PictureKinds.Of(_imageType) ? mapper : throw new ArgumentException(
            $"the image column '{_imageColumn}' is {type}; the model was trained on {_imageType}", nameof(schema));
    }
}
