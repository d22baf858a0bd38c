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
/// A distilled student as an ML.NET transformer, returned by <c>Fit</c>. It adds two columns: <c>PredictedLabel</c>, a
/// key whose values are the class names, and <c>Score</c>, a vector of C probabilities in the order of <see
/// cref="Classes"/>. It can be appended to, evaluated, cross-validated, and saved with <c>ml.Model.Save</c>. Loading a
/// saved model requires this library but not TorchSharp's native libraries.
/// </summary>
/// <remarks>
/// <c>ml.Model.Save</c> writes a chain of ML.NET's own transformers, which adds the same columns with the same order,
/// types, values, <c>KeyValues</c> and <c>SlotNames</c>. The loaded columns lack the annotations
/// <c>ScoreColumnKind</c>, <c>ScoreValueKind</c>, <c>ScoreColumnSetId</c> and <c>TrainingLabelValues</c>, which ML.NET
/// writes only for the models of its own trainers; <c>Evaluate</c> does not need them. Input columns with the names of
/// the added columns are hidden by the transformer and dropped by the loaded model; to use other names, set <see
/// cref="KnowledgeDistillationOptions.ScoreColumnName"/> and <see
/// cref="KnowledgeDistillationOptions.PredictedLabelColumnName"/>.
/// </remarks>
public sealed class SentimentTransformer : ITransformer, IDisposable
{
    private readonly byte[] _onnxModel;
    private readonly OnnxClassifier _classifier;
    private readonly string _imageColumn;
    private readonly DataViewType _imageType;
    private readonly ScoreColumnNames _columns;

    /// <param name="onnxModel">An exported student.</param>
    /// <param name="imageColumn">The name of the image column.</param>
    /// <param name="imageType">The type of the image column; a saved model accepts images of this kind.</param>
    /// <param name="columns">The names of the added columns, or null for the default names.</param>
    /// <exception cref="InvalidModelException">The bytes are not a student that this library exported.</exception>
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

    /// <summary>Gets the names of the C classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Classes => _classifier.Classes;

    /// <summary>
    /// Gets the student with its trained weights, except those of the last layer, as the start of a training on other
    /// classes. <see cref="VisualSentiment.Student.SaveWeights"/> keeps them in a file. Null if the model was loaded or
    /// is an ensemble.
    /// </summary>
    public Student? Student { get; internal init; }

    /// <summary>Gets the results of the training epochs; empty if the student was loaded or is an ensemble.</summary>
    public IReadOnlyList<EpochResult> History { get; internal init; } = [];

    /// <summary>
    /// Gets the evaluation of student and teacher on the validation part; null if there is no validation part, or if
    /// the student was loaded or is an ensemble. With <see cref="KnowledgeDistillationOptions.KeepBestEpoch"/>, the
    /// accuracy of the student is overestimated, because the epoch is selected on the same images.
    /// </summary>
    public DistillationReport? Report { get; internal init; }

    internal PixelClassifier Classifier => _classifier;

    internal string ImageColumn => _imageColumn;

    internal string ScoreColumn => _columns.Score;

    /// <summary>Gets the description of the model, from its metadata: recipe, settings, student and teacher.</summary>
    public SentimentModelInfo Info => new(_classifier.Info);

    /// <summary>The temperature of the distillation; null if the model does not contain it.</summary>
    internal double? Temperature => _classifier.Info.Temperature;

    bool ITransformer.IsRowToRowMapper => true;

    private string Images => $"{ImageColumnKinds.Of(_imageType)} in the column '{_imageColumn}'";

    /// <summary>Training images for quantization; null if none were kept.</summary>
    internal CalibrationImages? Calibration { private get; init; }

    /// <summary>
    /// Loads a student, as an ML.NET transformer, from an ONNX file or from a model saved with <c>ml.Model.Save</c>.
    /// </summary>
    /// <param name="path">The path of the <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <param name="imageColumnName">The name of the image column.</param>
    /// <param name="scoreColumnName">The name of the added column of probabilities.</param>
    /// <param name="predictedLabelColumnName">The name of the added column of predicted classes.</param>
    /// <exception cref="ArgumentException">The name of an added column is empty, or both names are equal.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The schema has no such image column.</exception>
    /// <exception cref="InvalidOperationException">The type of the image column is not supported.</exception>
    /// <exception cref="InvalidModelException">
    /// The file is missing, damaged, or does not contain a student of this library.
    /// </exception>
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
                + $"'{scoreColumnName}'; use different names.", nameof(scoreColumnName));
        ScoringMapper.ThrowIfNotImages(inputSchema, imageColumnName);
        return new SentimentTransformer(ModelFile.Read(path), path, imageColumnName, inputSchema[imageColumnName].Type,
            new ScoreColumnNames(predictedLabelColumnName, scoreColumnName));
    }

    /// <summary>
    /// Creates an ensemble that averages the probabilities of several students, for example of different seeds,
    /// temperatures or teachers. It is one ONNX graph; its logits are the logarithms of the averages.
    /// </summary>
    /// <param name="students">
    /// The students, with the same classes and preprocessing, in 32-bit floats or 8-bit integers. They are copied; the
    /// caller keeps ownership.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There are no students, a weight is invalid, or the classes, preprocessing or image columns differ.
    /// </exception>
    /// <exception cref="InvalidModelException">The ensemble exceeds the limits for models.</exception>
    public static SentimentTransformer Ensemble(params IEnumerable<SentimentTransformer> students)
    {
        ArgumentNullException.ThrowIfNull(students);
        return Ensemble(students.Select(student => (student, 1.0)));
    }

    /// <summary>Creates an ensemble that computes a weighted average of the students' probabilities.</summary>
    /// <param name="students">
    /// The students, which are copied, each with a positive, finite weight. The weights are normalized to a sum of 1.
    /// </param>
    /// <inheritdoc cref="Ensemble(IEnumerable{SentimentTransformer})"/>
    public static SentimentTransformer Ensemble(
        params IEnumerable<(SentimentTransformer Student, double Weight)> students)
    {
        ArgumentNullException.ThrowIfNull(students);
        var members = students.ToArray();
        if (members.Length == 0)
            throw new ArgumentException("An ensemble requires at least one student.", nameof(students));
        foreach (var (student, weight) in members)
        {
            ArgumentNullException.ThrowIfNull(student, nameof(students));
            if (!(weight > 0) || double.IsInfinity(weight))
                throw new ArgumentException(FormattableString.Invariant(
                    $"The weight of a student is {weight}; it must be above 0 and finite."), nameof(students));
        }
        SentimentTransformer first = members[0].Student;
        if (members.FirstOrDefault(member => member.Student.Images != first.Images).Student is { } other)
            throw new ArgumentException("The students of an ensemble have different image columns: "
                + $"{first.Images} and {other.Images}. Load them with the same schema and image column.",
                nameof(students));
        byte[] model = StudentEnsemble.Create(
            [.. members.Select(member => (member.Student._onnxModel, member.Weight))]);
        return new SentimentTransformer(model, "ensemble", first._imageColumn, first._imageType, first._columns);
    }

    /// <summary>Writes the student to an ONNX file. If writing fails, an existing file is unchanged.</summary>
    /// <param name="path">The path of the file, which is replaced if it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(string path) => SaveAsOnnx(path, new OnnxExportOptions());

    /// <summary>Writes the student to an ONNX file. If writing fails, an existing file is unchanged.</summary>
    /// <param name="path">The path of the file, which is replaced if it exists.</param>
    /// <param name="options">The options, such as quantization to 8-bit integers.</param>
    /// <exception cref="ArgumentException">
    /// One or more options, or the calibration data, are invalid; the message lists the invalid options.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Quantization exceeds <see cref="OnnxExportOptions.MaxAccuracyLoss"/>, or there are no images for it because
    /// neither <see cref="OnnxExportOptions.CalibrationData"/> nor <see
    /// cref="KnowledgeDistillationOptions.KeepCalibrationImages"/> is set.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The network does not support evidence maps, or an ensemble of 32-bit floats cannot be quantized.
    /// </exception>
    /// <exception cref="UnreadableImageException">A calibration image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">
    /// <see cref="OnnxExportOptions.CancellationToken"/> was canceled.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(string path, OnnxExportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] model = Export(options);
        AtomicFile.Write(path, stream => stream.Write(model));
        if (options.WriteLabels)
            AtomicFile.Write(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, ModelDescription.FileName),
                stream => ModelDescription.Write(stream, model, Path.GetFileName(path)));
    }

    /// <summary>Writes the student in the ONNX format. The stream stays open.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void SaveAsOnnx(Stream stream) => SaveAsOnnx(stream, new OnnxExportOptions());

    /// <summary>Writes the student in the ONNX format. The stream stays open.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="options">The options, such as quantization to 8-bit integers.</param>
    /// <inheritdoc cref="SaveAsOnnx(string, OnnxExportOptions)" path="/exception"/>
    public void SaveAsOnnx(Stream stream, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (options is { WriteLabels: true })
            throw new ArgumentException($"{nameof(OnnxExportOptions.WriteLabels)} is true, but a stream has no folder for "
                + $"{ModelDescription.FileName}; save to a path, or set it to false.", nameof(options));
        stream.Write(Export(options));
    }

    /// <summary>Returns the input schema with <c>PredictedLabel</c> and <c>Score</c> added.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The data has no such image column.</exception>
    /// <exception cref="InvalidOperationException">
    /// The image column has a different type than in the training data.
    /// </exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => CreateMapper(inputSchema).OutputSchema;

    /// <summary>Adds <c>PredictedLabel</c> and <c>Score</c>. They are computed when the rows are read.</summary>
    /// <param name="input">The data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The data has no such image column.</exception>
    /// <exception cref="InvalidOperationException">
    /// The image column has a different type than in the training data.
    /// </exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, CreateMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => CreateMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        SavedChain.Save(ctx, _onnxModel, _classifier.Info, _imageColumn, _imageType, _columns);

    /// <summary>Frees the model. Data views returned by <see cref="Transform"/> can then no longer be read.</summary>
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
            ? throw new NotSupportedException($"The student cannot be exported with evidence maps: {error}.")
            : explained;
    }

    private byte[] Quantize(OnnxExportOptions options)
    {
        OnnxModelInfo info = _classifier.Info;
        if (info.Quantization == OnnxModelInfo.EightBit)
            return _onnxModel;
        if (info.Members.Count > 0)
            throw new NotSupportedException("An ensemble cannot be quantized as a whole. Export each student with "
                + $"{nameof(OnnxExportOptions)}.{nameof(OnnxExportOptions.Quantize)}, load the files, and create the "
                + "ensemble from them.");
        if (options.CalibrationData is not { } data)
            return StudentQuantizer.Quantize(_onnxModel, Calibration ?? throw new InvalidOperationException(
                $"Quantization requires calibration images. Set {nameof(OnnxExportOptions)}."
                + $"{nameof(OnnxExportOptions.CalibrationData)} to several hundred images similar to the training "
                + $"images, or set {nameof(KnowledgeDistillationOptions)}."
                + $"{nameof(KnowledgeDistillationOptions.KeepCalibrationImages)} before Fit."), options);
        using var images = CalibrationData.Read(data, _imageColumn, options.LabelColumnName, info);
        return StudentQuantizer.Quantize(_onnxModel, images, options);
    }

    private ScoringMapper CreateMapper(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var mapper = new ScoringMapper(_classifier, schema, _imageColumn, _columns);
        DataViewType type = schema[_imageColumn].Type;
        return ImageColumnKinds.Of(type) == ImageColumnKinds.Of(_imageType) ? mapper
            : throw new InvalidOperationException($"The image column '{_imageColumn}' has the type {type}, but the "
                + $"model was trained on {_imageType}. To score images of another type, save the model and load it "
                + $"with {nameof(SentimentTransformer)}.{nameof(Load)}(path, inputSchema, imageColumnName).");
    }
}
