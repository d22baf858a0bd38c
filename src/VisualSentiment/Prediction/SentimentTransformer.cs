using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Inference;
using VisualSentiment.Onnx.Ensembles;
using VisualSentiment.Onnx.Evidence;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Prediction.DataView;
using VisualSentiment.Prediction.Persistence;
using VisualSentiment.Quantization;

namespace VisualSentiment;

/// <summary>
/// A distilled student as an ML.NET transformer. To every row it adds <c>PredictedLabel</c>, a key whose values are the
/// class names, and <c>Score</c>, a vector of C probabilities in the order of <see cref="Classes"/>. It is what
/// <c>Fit</c> returns; it can be appended to, evaluated, cross-validated, and saved with <c>ml.Model.Save</c>. A saved
/// model loads in any process that can load this library, without TorchSharp's native libraries.
/// </summary>
/// <remarks>
/// What <c>ml.Model.Save</c> writes is a chain of ML.NET's own transformers, which adds the same columns: the order, the types,
/// the values, <c>KeyValues</c> and <c>SlotNames</c> are equal. ML.NET writes the annotations <c>ScoreColumnKind</c>,
/// <c>ScoreValueKind</c>, <c>ScoreColumnSetId</c> and <c>TrainingLabelValues</c> for its own trainers' models alone, so the
/// loaded columns lack them; <c>Evaluate</c> works without. Columns of the data with the names of the added ones are
/// hidden by the transformer and dropped by the loaded model; <see
/// cref="KnowledgeDistillationOptions.ScoreColumnName"/> and
/// <see cref="KnowledgeDistillationOptions.PredictedLabelColumnName"/> choose other names.
/// </remarks>
public sealed class SentimentTransformer : ITransformer, IDisposable
{
    private readonly byte[] _onnxModel;
    private readonly OnnxClassifier _classifier;
    private readonly string _imageColumn;
    private readonly DataViewType _imageType;
    private readonly ScoreColumnNames _columns;

    /// <param name="onnxModel">A student, as exported.</param>
    /// <param name="imageColumn">The column that holds the images.</param>
    /// <param name="imageType">Its type in the training data; what is saved takes images of this kind.</param>
    /// <param name="columns">The names of the columns that it adds; null for the default names.</param>
    /// <exception cref="InvalidModelException">The bytes are no student that this library exported.</exception>
    internal SentimentTransformer(byte[] onnxModel, string imageColumn, DataViewType imageType,
        ScoreColumnNames? columns = null)
        : this(onnxModel, "student", imageColumn, imageType, columns ?? ScoreColumnNames.Default)
    {
    }

    private SentimentTransformer(byte[] onnxModel, string name, string imageColumn, DataViewType imageType,
        ScoreColumnNames columns)
    {
        _classifier = new OnnxClassifier(onnxModel, name);
        _onnxModel = _classifier.Model;
        _imageColumn = imageColumn;
        _imageType = imageType;
        _columns = columns;
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Classes => _classifier.Classes;

    /// <summary>What came of each epoch of the training that made this transformer; empty where it was not trained here.</summary>
    public IReadOnlyList<EpochResult> History { get; internal init; } = [];

    /// <summary>
    /// Gets a report on student and teacher on the validation part; null without a validation part, or if the
    /// transformer was loaded. If <see cref="KnowledgeDistillationOptions.KeepBestEpoch"/> chose the student by the
    /// same images, its accuracy
    /// is overestimated.
    /// </summary>
    public DistillationReport? Report { get; internal init; }

    internal PixelClassifier Classifier => _classifier;

    /// <summary>The name of the column that holds the images.</summary>
    internal string ImageColumn => _imageColumn;

    /// <summary>The name of the column of probabilities that it adds.</summary>
    internal string ScoreColumn => _columns.Score;

    /// <summary>The temperature of the distillation; null where the model does not say.</summary>
    internal double? Temperature => _classifier.Info.Temperature;

    bool ITransformer.IsRowToRowMapper => true;

    private string Images => $"{ImageColumnKinds.Of(_imageType)} in the column '{_imageColumn}'";

    /// <summary>Images that it was trained on, for quantization; null where they were not kept.</summary>
    internal CalibrationImages? Calibration { private get; init; }

    /// <summary>Loads a student from an ONNX file, or from a model saved with <c>ml.Model.Save</c>, to go on with it in ML.NET.</summary>
    /// <param name="path">The path of the <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="inputSchema">The columns of the data to score.</param>
    /// <param name="imageColumnName">The column of images.</param>
    /// <param name="scoreColumnName">The name of the column of probabilities that the transformer adds.</param>
    /// <param name="predictedLabelColumnName">
    /// The name of the column of predicted classes that the transformer adds.
    /// </param>
    /// <exception cref="ArgumentException">A name of an added column is empty, or both are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    /// <exception cref="InvalidOperationException">The column cannot hold images.</exception>
    /// <exception cref="InvalidModelException">The file is missing, damaged, or holds no student of this library.</exception>
    public static SentimentTransformer Load(string path, DataViewSchema inputSchema,
        string imageColumnName = "ImagePath", string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(inputSchema);
        ArgumentException.ThrowIfNullOrWhiteSpace(scoreColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(predictedLabelColumnName);
        if (scoreColumnName == predictedLabelColumnName)
            throw new ArgumentException($"The columns of probabilities and of predicted classes are both named "
                + $"'{scoreColumnName}'; choose two names.", nameof(scoreColumnName));
        ScoringMapper.ThrowIfNotImages(inputSchema, imageColumnName);
        return new SentimentTransformer(ModelFile.Read(path), path, imageColumnName, inputSchema[imageColumnName].Type,
            new ScoreColumnNames(predictedLabelColumnName, scoreColumnName));
    }

    /// <summary>
    /// Several students as one, whose probabilities are averaged: other seeds, temperatures or teachers, the same classes and
    /// preprocessing. They stand in one ONNX graph, which casts the pixels once; the logits are the logarithms of the averages.
    /// </summary>
    /// <param name="students">The students, which are copied and stay their owner's; of floats or of 8-bit integers.</param>
    /// <exception cref="ArgumentException">There are none, or they do not fit together; the message shows what differs.</exception>
    /// <exception cref="InvalidModelException">Together they cost more than a model may.</exception>
    public static SentimentTransformer Ensemble(params IEnumerable<SentimentTransformer> students)
    {
        ArgumentNullException.ThrowIfNull(students);
        return Ensemble(students.Select(student => (student, 1.0)));
    }

    /// <summary>Several students as one, whose probabilities are averaged with weights.</summary>
    /// <param name="students">The students, each with a weight above 0; the weights need not add up to one.</param>
    /// <inheritdoc cref="Ensemble(IEnumerable{SentimentTransformer})"/>
    public static SentimentTransformer Ensemble(params IEnumerable<(SentimentTransformer Student, double Weight)> students)
    {
        ArgumentNullException.ThrowIfNull(students);
        var members = students.ToArray();
        if (members.Length == 0)
            throw new ArgumentException("The ensemble has no students.", nameof(students));
        foreach (var (student, weight) in members)
        {
            ArgumentNullException.ThrowIfNull(student, nameof(students));
            if (!(weight > 0) || double.IsInfinity(weight))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A student's weight in the ensemble is {weight}; it must be above 0."), nameof(students));
        }
        SentimentTransformer first = members[0].Student;
        if (members.FirstOrDefault(member => member.Student.Images != first.Images).Student is { } other)
            throw new ArgumentException($"The students of an ensemble look at other images: {first.Images}, and {other.Images}.", nameof(students));
        byte[] model = StudentEnsemble.Create([.. members.Select(member => (member.Student._onnxModel, member.Weight))]);
        return new SentimentTransformer(model, "ensemble", first._imageColumn, first._imageType, first._columns);
    }

    /// <summary>Writes the student as an ONNX file, which appears complete or not at all.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(string path) => SaveAsOnnx(path, new OnnxExportOptions());

    /// <summary>Writes the student as an ONNX file, which appears complete or not at all.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <param name="options">How it is written, such as with 8-bit integers.</param>
    /// <exception cref="ArgumentException">Options are wrong; all that are wrong are listed. Or the calibration data is.</exception>
    /// <exception cref="InvalidOperationException">
    /// Quantization loses more accuracy than allowed, or there are no images for it: neither <see
    /// cref="OnnxExportOptions.CalibrationData"/> nor <see cref="KnowledgeDistillationOptions.KeepCalibrationImages"/> is set.
    /// </exception>
    /// <exception cref="NotSupportedException">Evidence maps are asked for, and the network has none; or an ensemble is to be quantized.</exception>
    /// <exception cref="UnreadableImageException">A calibration image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(string path, OnnxExportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] model = Export(options);
        AtomicFile.Write(path, stream => stream.Write(model));
    }

    /// <summary>Writes the student in the ONNX format. The stream stays open.</summary>
    /// <param name="stream">Where.</param>
    public void SaveAsOnnx(Stream stream) => SaveAsOnnx(stream, new OnnxExportOptions());

    /// <summary>Writes the student in the ONNX format. The stream stays open.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="options">How it is written, such as with 8-bit integers.</param>
    /// <inheritdoc cref="SaveAsOnnx(string, OnnxExportOptions)" path="/exception"/>
    public void SaveAsOnnx(Stream stream, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Export(options));
    }

    /// <summary>The schema with <c>PredictedLabel</c> and <c>Score</c>.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has no image column.</exception>
    /// <exception cref="InvalidOperationException">The image column is of another type than the model was trained on.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => CreateMapper(inputSchema).OutputSchema;

    /// <summary>Adds <c>PredictedLabel</c> and <c>Score</c> to data, row by row as it is read.</summary>
    /// <param name="input">The data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has no image column.</exception>
    /// <exception cref="InvalidOperationException">The image column is of another type than the model was trained on.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, CreateMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => CreateMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        SavedChain.Save(ctx, _onnxModel, _classifier.Info, _imageColumn, _imageType, _columns);

    /// <summary>Frees the model. Data that this transformer scores cannot be read any more.</summary>
    public void Dispose()
    {
        _classifier.Dispose();
        Calibration?.Dispose();
    }

    private byte[] Export(OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        byte[] model = options.Quantize ? Quantize(options) : _onnxModel;
        if (!options.EvidenceMaps)
            return model;
        byte[] explained = EvidenceOutput.Add(model);
        return ModelValidator.FindError(explained) is { } error
            ? throw new NotSupportedException($"The student cannot be exported with evidence maps: {error}.") : explained;
    }

    private byte[] Quantize(OnnxExportOptions options)
    {
        OnnxModelInfo info = _classifier.Info;
        if (info.Quantization == OnnxModelInfo.EightBit)
            return _onnxModel;
        if (info.Members.Count > 0)
            throw new NotSupportedException("An ensemble is quantized student by student: save each with "
                + $"{nameof(OnnxExportOptions)}.{nameof(OnnxExportOptions.Quantize)}, load the files, and make the ensemble of those.");
        if (options.CalibrationData is not { } data)
            return StudentQuantizer.Quantize(_onnxModel, Calibration ?? throw new InvalidOperationException(
                "There are no images to quantize this student with. Give some hundred images like those it was trained on as "
                + $"{nameof(OnnxExportOptions)}.{nameof(OnnxExportOptions.CalibrationData)}, or set "
                + $"{nameof(KnowledgeDistillationOptions)}.{nameof(KnowledgeDistillationOptions.KeepCalibrationImages)} before Fit."), options);
        using var images = CalibrationData.Read(data, _imageColumn, options.LabelColumnName, info);
        return StudentQuantizer.Quantize(_onnxModel, images, options);
    }

    private ScoringMapper CreateMapper(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var mapper = new ScoringMapper(_classifier, schema, _imageColumn, _columns);
        DataViewType type = schema[_imageColumn].Type;
        return ImageColumnKinds.Of(type) == ImageColumnKinds.Of(_imageType) ? mapper : throw new InvalidOperationException(
            $"the image column '{_imageColumn}' is {type}; the model was trained on {_imageType}. To score images of another "
            + $"type, save the model and load it with {nameof(SentimentTransformer)}.{nameof(Load)}(path, inputSchema, imageColumnName)");
    }
}
