using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Prediction.DataView;
using VisualSentiment.Prediction.Persistence;
using VisualSentiment.Teaching;

namespace VisualSentiment;

/// <summary>
/// A trained teacher as an ML.NET transformer, for evaluation and for <see cref="Teachers.FromModel"/>. A teacher from
/// <see cref="Teachers.ResNet18"/>, <see cref="Teachers.Onnx"/> or <see cref="Teachers.Concatenate"/> can be saved with
/// <see cref="SaveAsOnnx(string)"/> and with <c>ml.Model.Save</c>. Loading the saved model requires neither the files
/// of the backbones nor TorchSharp's native libraries.
/// </summary>
public sealed class TeacherTransformer : ITransformer, IDisposable
{
    private readonly string _imageColumn;
    private readonly DataViewType _imageType;
    private bool _disposed;

    internal TeacherTransformer(
        TrainedTeacher trained, TrainableTeacher source, string imageColumn, DataViewType imageType)
    {
        Trained = trained;
        Source = source;
        _imageColumn = imageColumn;
        _imageType = imageType;
    }

    /// <summary>Gets the name of the teacher.</summary>
    public string Name => Source.Name;

    /// <summary>Gets the classes in the order of the scores.</summary>
    public IReadOnlyList<string> Classes => Trained.Classifier.Classes;

    /// <summary>Gets the number of parameters of the teacher.</summary>
    public long Parameters => Trained.Parameters;

    /// <summary>Gets the metrics of each training epoch; empty if the teacher was not trained in epochs.</summary>
    public IReadOnlyList<EpochResult> History => Trained.History;

    internal TrainedTeacher Trained { get; }

    /// <summary>What was trained.</summary>
    internal TrainableTeacher Source { get; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>
    /// Writes the backbones and the dense head to one ONNX file with the inputs, outputs and metadata of an exported
    /// student. <see cref="SentimentDetector"/> and <see cref="SentimentTransformer.Load"/> read it. If writing fails,
    /// an existing file is unchanged.
    /// </summary>
    /// <param name="path">The path of the file, which is replaced if it exists.</param>
    /// <exception cref="NotSupportedException">
    /// The teacher has no ONNX backbone, or a backbone cannot be saved; the message names the reason, such as an
    /// operator that is not supported.
    /// </exception>
    /// <exception cref="InvalidModelException">The file of a backbone is missing or cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The file of a backbone was changed after training.</exception>
    /// <exception cref="ObjectDisposedException">The teacher was disposed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] model = Export();
        AtomicFile.Write(path, stream => stream.Write(model));
    }

    /// <summary>
    /// Writes the teacher in the ONNX format, as <see cref="SaveAsOnnx(string)"/>. The stream stays open.
    /// </summary>
    /// <param name="stream">The stream to write to.</param>
    /// <inheritdoc cref="SaveAsOnnx(string)" path="/exception"/>
    public void SaveAsOnnx(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Export());
    }

    /// <summary>Returns the schema with <c>PredictedLabel</c> and <c>Score</c> added.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing.</exception>
    /// <exception cref="InvalidOperationException">The image column cannot hold images.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => CreateMapper(inputSchema).OutputSchema;

    /// <summary>Adds <c>PredictedLabel</c> and <c>Score</c> to data. Rows are scored when they are read.</summary>
    /// <param name="input">The data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing.</exception>
    /// <exception cref="InvalidOperationException">The image column cannot hold images.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, CreateMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => CreateMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        byte[] model = Export();
        SavedChain.Save(ctx, model, OnnxModelInfo.Read(model, Name), _imageColumn, _imageType,
            ScoreColumnNames.Default);
    }

    /// <summary>Releases the teacher. Data views that <see cref="Transform"/> returned can no longer be read.</summary>
    public void Dispose()
    {
        _disposed = true;
        Trained.Dispose();
    }

    private byte[] Export()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Trained.Classifier is OnnxBackboneClassifier backbone ? backbone.Export(Name)
            : throw new NotSupportedException($"The teacher '{Name}' cannot be saved, because it is not an ONNX backbone "
                + $"with a head ({nameof(Teachers)}.{nameof(Teachers.ResNet18)}, {nameof(Teachers.Onnx)} or "
                + $"{nameof(Teachers.Concatenate)}). Distill a student from it (DistillSentiment with "
                + $"{nameof(Teachers)}.{nameof(Teachers.FromModel)}) and save the student.");
    }

    private ScoringMapper CreateMapper(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new ScoringMapper(Trained.Classifier, schema, _imageColumn, ScoreColumnNames.Default);
    }
}
