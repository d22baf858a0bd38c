using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Pixels;

namespace VisualSentiment;

/// <summary>What training a teacher and training a student have in common: the columns, the images, and the run.</summary>
public abstract record ImageTrainingOptions
{
    internal const long DefaultCacheLimit = 8L << 30;

    private protected ImageTrainingOptions()
    {
    }

    /// <summary>
    /// The column of labels: the names of the classes (text), or a key with names, as <c>MapValueToKey</c> makes it.
    /// The classes have the order of the key, or the ordinal order of their names if the labels are text.
    /// </summary>
    /// <value>Label.</value>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The column of images: a path (text), an encoded image (a vector of bytes) or an <c>MLImage</c>.</summary>
    /// <value>ImagePath.</value>
    public string ImageColumnName { get; init; } = "ImagePath";

    /// <summary>How an image that is not square becomes the 224 x 224 square that networks see.</summary>
    /// <value><see cref="ImageFit.Fill"/>, the paper's way.</value>
    public ImageFit ImageFit { get; init; } = ImageFit.Fill;

    /// <summary>
    /// A folder that keeps decoded images and what teachers computed of them for later runs: 150,528 bytes an image, 18 GB
    /// for 118,000, and at most <see cref="CacheLimit"/> a teacher. Only images of a column of paths are kept. A file of another length or time of modification is decoded anew, and so is everything by
    /// another build of this library. Several processes may share the folder; what it holds may be deleted when none runs.
    /// Null keeps decoded images in temporary files, which are gone when <c>Fit</c> ends.
    /// </summary>
    /// <value>null.</value>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// The most bytes of the file that <see cref="CacheFolder"/> keeps of a teacher; at least 1. What finds no room is computed again whenever
    /// it is needed, which a warning says. MobileNetV2's features with their maps (<c>PretrainStudent</c>) are some 300 KB a view.
    /// </summary>
    /// <value>8 GiB.</value>
    public long CacheLimit { get; init; } = DefaultCacheLimit;

    /// <summary>
    /// The share of the images of each class that is not trained on, but measured after every epoch; at least 0 and
    /// below 1. At 0 nothing is held back.
    /// </summary>
    /// <value>0.</value>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// Decides initial weights, order and dropout: the same seed on the same machine and number of threads gives the same network to the bit on a CPU.
    /// Null takes the seed of the <c>MLContext</c>, and a random one where it has none.
    /// </summary>
    /// <value>null.</value>
    public int? Seed { get; init; }

    /// <summary>What computes. A GPU does not promise the same bits for the same seed.</summary>
    /// <value><see cref="TrainingDevice.Auto"/>.</value>
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;

    /// <summary>
    /// A folder in which networks are kept after every epoch while they are trained. Where the folder holds the checkpoint of
    /// a run with the same options and data, <c>Fit</c> goes on from there, and ends in the same bits as a run without a stop;
    /// a checkpoint of another run is refused. Null keeps none.
    /// </summary>
    /// <value>null.</value>
    public string? CheckpointFolder { get; init; }

    /// <summary>Hears of every step. It is called on the training thread, or while decoding on several threads.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops <c>Fit</c> at the next step with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Everything that is wrong with the options, each with the value it has.</summary>
    internal virtual IEnumerable<string> FindErrors()
    {
        if (string.IsNullOrWhiteSpace(LabelColumnName))
            yield return $"{nameof(LabelColumnName)} is empty";
        if (string.IsNullOrWhiteSpace(ImageColumnName))
            yield return $"{nameof(ImageColumnName)} is empty";
        foreach (var (name, folder) in ((string, string?)[])[(nameof(CacheFolder), CacheFolder), (nameof(CheckpointFolder), CheckpointFolder)])
            if (folder is not null && (string.IsNullOrWhiteSpace(folder) || File.Exists(folder)))
                yield return $"{name} is '{folder}', which is no folder; leave it null to keep nothing";
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

    /// <exception cref="ArgumentException">An option is wrong; all that are wrong are listed.</exception>
    internal void ThrowIfInvalid()
    {
        string[] errors = [.. FindErrors()];
        if (errors.Length > 0)
            throw new ArgumentException($"The options have {errors.Length} {(errors.Length == 1 ? "error" : "errors")}:"
                + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")));
    }

    // Writes a file where the folder is, or where it would be created, and leaves nothing behind.
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
