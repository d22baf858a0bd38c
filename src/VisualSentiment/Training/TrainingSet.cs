using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Pixels;

namespace VisualSentiment.Training;

/// <summary>Labeled images, decoded and mapped into memory, on which teachers and students are trained.</summary>
internal sealed class TrainingSet : IDisposable
{
    private const int LabelsInBlock = 8 * 1024;

    private readonly bool _ownsPixels = true;

    private TrainingSet(IReadOnlyList<(IDataView Data, int Rows)> sources, PixelStore pixels, int[] labels,
        IReadOnlyList<string> classes, ImageTrainingOptions options, int seed)
    {
        Sources = sources;
        Pixels = pixels;
        Labels = labels;
        Classes = classes;
        Fit = options.ImageFit;
        int trained = sources[0].Rows;
        (TrainingPart, ValidationPart) = sources.Count == 1 ? Split(labels, options.ValidationFraction, seed)
            : (new IndexRange(0, trained), new IndexRange(trained, labels.Length - trained));
    }

    private TrainingSet(TrainingSet whole, IReadOnlyList<int> trainingPart)
    {
        _ownsPixels = false;
        Sources = whole.Sources;
        Pixels = whole.Pixels;
        Labels = whole.Labels;
        Classes = whole.Classes;
        Fit = whole.Fit;
        TrainingPart = trainingPart;
        ValidationPart = [];
    }

    /// <summary>
    /// The data that the labeled images were read from, in their order: the training data, and the validation set if
    /// there is one.
    /// </summary>
    public IReadOnlyList<(IDataView Data, int Rows)> Sources { get; }

    public PixelStore Pixels { get; }

    /// <summary>The class index of each image.</summary>
    public int[] Labels { get; }

    public IReadOnlyList<string> Classes { get; }

    public ImageFit Fit { get; }

    /// <summary>The images to train on.</summary>
    public IReadOnlyList<int> TrainingPart { get; }

    /// <summary>The images that are evaluated after every epoch and not trained on.</summary>
    public IReadOnlyList<int> ValidationPart { get; }

    /// <summary>The number of labeled images.</summary>
    public int Count => Labels.Length;

    /// <summary>The images without labels, which follow the labeled ones in <see cref="Pixels"/>.</summary>
    public IReadOnlyList<int> Unlabeled => new IndexRange(Count, Pixels.Count - Count);

    /// <summary>Reads labels and decodes images.</summary>
    /// <param name="data">The labeled images.</param>
    /// <param name="options">The names of the columns, and how images are read.</param>
    /// <param name="run">The run.</param>
    /// <param name="unlabeled">Images without labels, in a column of the same name; null for none.</param>
    /// <param name="validation">Labeled images to validate on, in columns of the same names; null for none.</param>
    /// <exception cref="TrainingDataException">Columns, labels or images are invalid; the message lists all of them.</exception>
    public static TrainingSet Load(IDataView data, ImageTrainingOptions options, TrainingRun run,
        IDataView? unlabeled = null, IDataView? validation = null)
    {
        string labelColumn = options.LabelColumnName, imageColumn = options.ImageColumnName;
        options.ThrowIfColumnsUnfit(SentimentSchema.ShapeOf(data.Schema), unlabeled, validation);
        if (validation is not null)
            EvaluatedImages.ThrowIfUnlabeled(validation, unlabeled, imageColumn);
        DataViewSchema.Column label = data.Schema[labelColumn], image = data.Schema[imageColumn];
        IReadOnlyList<string> classes = LabelColumn.ReadClasses(label)
            ?? [.. ReadNames(data, label).OfType<string>()
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int[] labels = ReadLabels(data, label, classes, run.Log);
        int[] validated = validation is null ? []
            : ReadValidationLabels(validation, validation.Schema[labelColumn], classes);
        int more = CountRows(unlabeled);
        WarnIfInMemory(image.Type, labels.Length + validated.Length + more, options, run);
        PixelStore pixels = DecodeWith(validation, validated.Length,
            Decode(data, image, labels.Length, options, run), options, run);
        pixels = DecodeWith(unlabeled, more, pixels, options, run);
        (IDataView, int)[] sources = validation is null ? [(data, labels.Length)]
            : [(data, labels.Length), (validation, validated.Length)];
        return new TrainingSet(sources, pixels, [.. labels, .. validated], classes, options, run.Seed);
    }

    /// <summary>Decodes images without labels, for training without labels.</summary>
    /// <param name="data">The images.</param>
    /// <param name="options">The names of the columns, and how images are read.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="TrainingDataException">The column or images are invalid; the message lists all of them.</exception>
    public static TrainingSet LoadUnlabeled(IDataView data, ImageTrainingOptions options, TrainingRun run)
    {
        if (ImageColumn.FindError(data.Schema, options.ImageColumnName) is { } error)
            throw new TrainingDataException([error]);
        int count = CountRows(data);
        WarnIfInMemory(data.Schema[options.ImageColumnName].Type, count, options, run);
        PixelStore pixels = Decode(data, data.Schema[options.ImageColumnName], count, options, run);
        return new TrainingSet([(data, count)], pixels, new int[count], [], options, run.Seed);
    }

    /// <summary>The data that determine the training, by name: hashes of pixels, labels and training part, and the classes.</summary>
    public IEnumerable<(string Name, string Value)> Settings()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int image = 0; image < Pixels.Count; image++)
            hash.AppendData(Pixels[image]);
        yield return ("images", $"{Pixels.Count} with hash {Shorten(hash.GetHashAndReset())}");
        hash.AppendData(MemoryMarshal.AsBytes(Labels.AsSpan()));
        yield return ("labels", $"{Count} with hash {Shorten(hash.GetHashAndReset())}");
        hash.AppendData(MemoryMarshal.AsBytes(TrainingPart.ToArray().AsSpan()));
        yield return ("training part", $"{TrainingPart.Count} with hash {Shorten(hash.GetHashAndReset())}");
        yield return ("classes", string.Join(", ", Classes));

        static string Shorten(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }

    /// <summary>The same images with another training part. Must not be used after this set is disposed.</summary>
    public TrainingSet WithTrainingPart(IReadOnlyList<int> trainingPart) => new(this, trainingPart);

    public void Dispose()
    {
        if (_ownsPixels)
            Pixels.Dispose();
    }

    private static (IReadOnlyList<int> Training, IReadOnlyList<int> Validation) Split(int[] labels, double fraction, int seed)
    {
        var all = new IndexRange(0, labels.Length);
        if (fraction == 0)
            return (all, []);
        var random = new Random(seed);
        bool[] held = new bool[labels.Length];
        foreach (int label in labels.Distinct().Order())
        {
            int[] shuffled = all.Where(image => labels[image] == label).ToArray();
            random.Shuffle(shuffled);
            foreach (int image in shuffled.AsSpan(0, Math.Min(shuffled.Length - 1, Math.Max(1, (int)Math.Round(shuffled.Length * fraction)))))
                held[image] = true;
        }
        return (all.Where(image => !held[image]).ToArray(), all.Where(image => held[image]).ToArray());
    }

    private static int[] ReadLabels(IDataView data, DataViewSchema.Column column, IReadOnlyList<string> classes, IChannel log)
    {
        int[] labels = IndexLabels(data, column, classes);
        List<string> problems = [];
        int missing = labels.Count(label => label < 0);
        int[] counts = new int[classes.Count];
        foreach (int label in labels.Where(label => label >= 0))
            counts[label]++;
        if (labels.Length == 0)
            problems.Add("there are no rows");
        else if (missing > 0)
            problems.Add($"{missing} of {labels.Length} rows have no label in '{column.Name}'; the first is row {Array.FindIndex(labels, label => label < 0)}. "
                + (column.Type is KeyDataViewType ? "Leave such rows out, or map the labels with a key that has them"
                    : "Leave such rows out"));
        if (labels.Length > missing && counts.Count(count => count > 0) < 2)
            problems.Add($"all images have the label '{classes[Array.FindIndex(counts, count => count > 0)]}'; "
                + "at least two classes are required");
        if (problems.Count > 0)
            throw new TrainingDataException(problems);

        string[] unseen = [.. classes.Where((_, i) => counts[i] == 0)];
        if (unseen.Length > 0)
            log.Warning(MessageSensitivity.UserData, "No training image has the label {0}; the model cannot learn it.", string.Join(", ", unseen));
        return labels;
    }

    private static int[] ReadValidationLabels(IDataView data, DataViewSchema.Column column,
        IReadOnlyList<string> classes)
    {
        int[] labels = IndexLabels(data, column, classes);
        if (labels.Length == 0)
            throw new TrainingDataException(["the validation set has no rows"]);
        if (!labels.Contains(-1))
            return labels;
        string[] unknown = [.. ReadNames(data, column).OfType<string>().Except(classes).Order(StringComparer.Ordinal)];
        int missing = ReadNames(data, column).Count(name => name is null);
        List<string> problems = [];
        if (unknown.Length > 0)
            problems.Add($"the validation set has labels in '{column.Name}' "
                + $"that are no classes of the training data: {string.Join(", ", unknown)}; "
                + $"the classes are {string.Join(", ", classes)}");
        if (missing > 0)
            problems.Add($"{missing} of {labels.Length} rows of the validation set have no label in '{column.Name}'");
        throw new TrainingDataException(problems);
    }

    // -1 for a row without a label, or with one that is no class.
    private static int[] IndexLabels(IDataView data, DataViewSchema.Column column, IReadOnlyList<string> classes)
    {
        var indices = classes.Select((name, index) => (name, index))
            .ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        // A list would move to a larger array again and again; small blocks are soon collected.
        int[][] blocks = [.. ReadNames(data, column)
            .Select(name => name is null ? -1 : indices.GetValueOrDefault(name, -1)).Chunk(LabelsInBlock)];
        int[] labels = new int[blocks.Sum(block => block.Length)];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i].CopyTo(labels, i * LabelsInBlock);
        return labels;
    }

    private static IEnumerable<string?> ReadNames(IDataView data, DataViewSchema.Column column)
    {
        using var cursor = data.GetRowCursor([column]);
        Func<string?> name = ClassLabelColumn.CreateGetter(cursor, column);
        while (cursor.MoveNext())
            yield return name();
    }

    // 0 for no data.
    private static int CountRows(IDataView? data)
    {
        if (data is null)
            return 0;
        using var cursor = data.GetRowCursor([]);
        int rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows > 0 ? rows : throw new TrainingDataException(["there are no rows among the images without labels"]);
    }

    /// <summary>Appends decoded images to those of a store.</summary>
    private static PixelStore DecodeWith(IDataView? more, int count, PixelStore pixels, ImageTrainingOptions options, TrainingRun run)
    {
        if (more is null)
            return pixels;
        try
        {
            return PixelStore.Join(pixels, Decode(more, more.Schema[options.ImageColumnName], count, options, run));
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    private static void WarnIfInMemory(DataViewType type, int count, ImageTrainingOptions options, TrainingRun run)
    {
        // Only images that are read from paths are kept between runs.
        string? folder = type is TextDataViewType ? options.CacheFolder : null;
        MemoryBackedFolder.WarnIfLarge(folder ?? Path.GetTempPath(), (long)count * PixelFormat.ByteCount, run.Log);
    }

    private static PixelStore Decode(IDataView data, DataViewSchema.Column image, int count, ImageTrainingOptions options, TrainingRun run)
    {
        bool isPath = image.Type is TextDataViewType;
        var decoder = new PixelDecoder(isPath ? options.CacheFolder : null, parallel: isPath,
            (done, all) => run.Report(TrainingStage.Decoding, done, all), run.CancellationToken);
        using var cursor = data.GetRowCursor([image]);
        if (isPath)
        {
            string[] paths = [.. ReadPaths(cursor, image)];
            return paths.Length == count ? decoder.DecodeFiles(paths, options.ImageFit) : throw RowsChanged(count, paths.Length);
        }
        PixelGetter read = ImageColumn.CreateGetter(cursor, image, new PixelPreprocessor(options.ImageFit));
        return decoder.Decode(count, _ => 0, (row, pixels) =>
        {
            if (!cursor.MoveNext())
                throw RowsChanged(count, row);
            read(pixels);
        });
    }

    private static IEnumerable<string> ReadPaths(DataViewRowCursor cursor, DataViewSchema.Column image)
    {
        var getter = cursor.GetGetter<ReadOnlyMemory<char>>(image);
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            getter(ref path);
            yield return path.ToString();
        }
    }

    private static InvalidOperationException RowsChanged(int before, int now) =>
        new($"There were {before} rows, and {now} when they were read again; data must give the same rows every time it is read.");
}
