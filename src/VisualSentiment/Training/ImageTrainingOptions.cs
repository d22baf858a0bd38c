using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Pixels;

namespace VisualSentiment;

/// <summary>Options that training a teacher and training a student have in common.</summary>
public abstract record ImageTrainingOptions
{
    internal const long DefaultCacheLimit = 8L << 30;

    private protected ImageTrainingOptions()
    {
    }

    /// <summary>
    /// Gets the column of labels: the names of the classes (text), or a key with names, such as the output of
    /// <c>MapValueToKey</c>. Classes have the order of the key, or the ordinal order of their names if labels are text.
    /// </summary>
    /// <value>Label.</value>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>Gets the column of images: a path (text), an encoded image (a vector of bytes) or an <c>MLImage</c>.</summary>
    /// <value>ImagePath.</value>
    public string ImageColumnName { get; init; } = "ImagePath";

    /// <summary>Gets how images are fitted to the square of 224 x 224 pixels that is the input of networks.</summary>
    /// <value><see cref="ImageFit.Fill"/>, as in the paper.</value>
    public ImageFit ImageFit { get; init; } = ImageFit.Fill;

    /// <summary>
    /// Gets the folder that stores decoded images and features of ONNX backbones for later runs: 150,528 bytes per
    /// image, which is 18 GB for 118,000 images, and at most <see cref="CacheLimit"/> bytes per backbone. Logits of other
    /// teachers are not stored. Images are stored if the image column contains paths. A file is decoded again if its length
    /// or time of modification changes, and after an update of the library. Several processes can share decoded images,
    /// but only one of them writes the features of a backbone. The folder can be deleted when no process uses it. Null
    /// stores decoded images in temporary files until <c>Fit</c> ends.
    /// </summary>
    /// <value>null.</value>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// Gets the maximum size of a backbone's file in <see cref="CacheFolder"/>, in bytes; at least 1. Features beyond it are
    /// computed again when needed, and a warning is logged. The features of MobileNetV2 with their maps
    /// (<c>PretrainStudent</c>) take about 300 KB per view.
    /// </summary>
    /// <value>8 GiB.</value>
    public long CacheLimit { get; init; } = DefaultCacheLimit;

    /// <summary>
    /// Gets the fraction of each class that is evaluated after every epoch and not trained on; at least 0 and below 1.
    /// </summary>
    /// <value>0.</value>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// Gets the seed of initial weights, order of images and dropout. On a CPU, the same seed, machine and number of threads
    /// give the same network, bit by bit. Null uses the seed of the <c>MLContext</c>, or a random one if it has none.
    /// </summary>
    /// <value>null.</value>
    public int? Seed { get; init; }

    /// <summary>Gets the device that trains. On a GPU, the same seed need not give the same bits.</summary>
    /// <value><see cref="TrainingDevice.Auto"/>.</value>
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;

    /// <summary>
    /// Gets the folder in which a checkpoint is saved after every epoch. If it contains a checkpoint of a run with the same
    /// options and data, <c>Fit</c> resumes that run, with the same result, bit by bit, as without the interruption. A
    /// checkpoint of another run is an error. Null saves no checkpoints.
    /// </summary>
    /// <value>null.</value>
    public string? CheckpointFolder { get; init; }

    /// <summary>
    /// Gets the receiver of a report after every step. It is called on the training thread, and on several threads while
    /// images are decoded.
    /// </summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Gets a token that stops <c>Fit</c> at the next step with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Returns all errors of the options, each with the name and the value.</summary>
    internal virtual IEnumerable<string> FindErrors()
    {
        if (string.IsNullOrWhiteSpace(LabelColumnName))
            yield return $"{nameof(LabelColumnName)} is empty";
        if (string.IsNullOrWhiteSpace(ImageColumnName))
            yield return $"{nameof(ImageColumnName)} is empty";
        foreach (var (name, folder) in ((string, string?)[])[(nameof(CacheFolder), CacheFolder), (nameof(CheckpointFolder), CheckpointFolder)])
            if (folder is not null && (string.IsNullOrWhiteSpace(folder) || File.Exists(folder)))
                yield return $"{name} is '{folder}', which is not a folder; null keeps nothing";
            else if (folder is not null && name == nameof(CheckpointFolder) && FindObstacle(folder) is { } obstacle)
                yield return $"{name} is '{folder}', which cannot be written: {obstacle}";
        if (CacheLimit < 1)
            yield return $"{nameof(CacheLimit)} is {CacheLimit}; it must be at least 1";
        if (!Enum.IsDefined(ImageFit))
            yield return $"{nameof(ImageFit)} is {ImageFit}; it must be one of {string.Join(", ", Enum.GetNames<ImageFit>())}";
        if (!Enum.IsDefined(Device))
            yield return $"{nameof(Device)} is {Device}; it must be one of {string.Join(", ", Enum.GetNames<TrainingDevice>())}";
        if (ValidationFraction is not (>= 0 and < 1))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{nameof(ValidationFraction)} is {ValidationFraction}; it must be at least 0 and below 1");
    }

    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    internal void ThrowIfInvalid()
    {
        string[] errors = [.. FindErrors()];
        if (errors.Length > 0)
            throw new ArgumentException($"The options have {errors.Length} {(errors.Length == 1 ? "error" : "errors")}:"
                + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")));
    }

    // Creates a file in the folder, or in the nearest existing parent, and deletes it.
    private static string? FindObstacle(string folder)
    {
        try
        {
            string probe = Path.Combine(MemoryBackedFolder.FindExisting(folder), Path.GetRandomFileName());
            File.Create(probe, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    /// <param name="schema">The columns of the labeled images.</param>
    /// <param name="unlabeled">Images without labels, in a column of the same name; null for none.</param>
    /// <param name="validation">Labeled images to validate on, in columns of the same names; null for none.</param>
    /// <exception cref="TrainingDataException">A column is missing or of another type; all of them are listed.</exception>
    internal void ThrowIfColumnsUnfit(SchemaShape schema, IDataView? unlabeled = null, IDataView? validation = null)
    {
        List<string?> problems = [LabelColumn.FindError(schema, LabelColumnName),
            ImageColumn.FindError(schema, ImageColumnName)];
        if (unlabeled is not null && ImageColumn.FindError(unlabeled.Schema, ImageColumnName) is { } problem)
            problems.Add($"the images without labels: {problem}");
        if (validation is not null)
        {
            SchemaShape shape = SentimentSchema.ShapeOf(validation.Schema);
            string?[] errors = [LabelColumn.FindError(shape, LabelColumnName),
                ImageColumn.FindError(shape, ImageColumnName)];
            problems.AddRange(errors.OfType<string>().Select(error => $"the validation set: {error}"));
        }
        if (problems.OfType<string>().ToArray() is { Length: > 0 } all)
            throw new TrainingDataException(all);
    }
}
