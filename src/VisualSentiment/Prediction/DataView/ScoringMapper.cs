using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Prediction.DataView;

/// <summary>Adds a predicted label and scores to rows; all other columns pass through.</summary>
internal sealed class ScoringMapper : IRowToRowMapper
{
    private readonly PixelClassifier _classifier;
    private readonly DataViewSchema.Column _image;

    /// <exception cref="ArgumentOutOfRangeException">The schema has no such column.</exception>
    /// <exception cref="InvalidOperationException">The column cannot hold images.</exception>
    public ScoringMapper(PixelClassifier classifier, DataViewSchema input, string imageColumn, ScoreColumnNames columns)
    {
        ThrowIfNotImages(input, imageColumn);
        _classifier = classifier;
        _image = input[imageColumn];
        InputSchema = input;
        OutputSchema = ScoreColumns.AppendTo(input, classifier.Classes, columns);
    }

    // These are the exceptions of ML.NET's transformers, so that a saved model throws the same ones.
    /// <exception cref="ArgumentOutOfRangeException">The schema has no such column.</exception>
    /// <exception cref="InvalidOperationException">The column cannot hold images.</exception>
    public static void ThrowIfNotImages(DataViewSchema inputSchema, string imageColumn)
    {
        if (ImageColumn.FindError(inputSchema, imageColumn) is { } problem)
            throw inputSchema.GetColumnOrNull(imageColumn) is null
                ? new ArgumentOutOfRangeException(nameof(inputSchema), problem)
                : new InvalidOperationException(problem);
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new HashSet<int>();
        foreach (var column in dependingColumns)
            needed.Add(column.Index < InputSchema.Count ? column.Index : _image.Index);
        return InputSchema.Where(c => needed.Contains(c.Index));
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Schema != InputSchema)
            throw new ArgumentOutOfRangeException(nameof(input), "The schema of the row differs from the schema of the "
                + $"mapper. Its columns are {Names(input.Schema)}; the mapper's are {Names(InputSchema)}. "
                + "Call GetRowToRowMapper with the schema of the rows.");
        return new ScoredRow(input, Bind(input, Active(activeColumns)));
    }

    /// <summary>
    /// Creates a cursor over scored rows. It takes ownership of <paramref name="input"/>, a cursor over the columns of
    /// <see cref="GetDependencies"/>, and does not prefetch if it is one of a set that several threads read.
    /// </summary>
    public DataViewRowCursor CreateCursor(
        DataViewRowCursor input, IEnumerable<DataViewSchema.Column> activeColumns, bool inSet)
    {
        bool[] active = Active(activeColumns);
        bool prefetch = !inSet && IsScored(active)
            && PrefetchingCursor.CanRead(InputSchema, active, _image, _classifier);
        return prefetch ? new PrefetchingCursor(input, OutputSchema, active, _image, _classifier)
            : new ScoredCursor(input, Bind(input, active));
    }

    private static string Names(DataViewSchema schema) => string.Join(", ", schema.Select(column => column.Name));

    private ScoredRowGetters Bind(DataViewRow input, bool[] active) => new(input, OutputSchema, active,
        IsScored(active) ? new RowScorer(input, input.Schema[_image.Index], _classifier) : null);

    private bool IsScored(bool[] active) => active.AsSpan(InputSchema.Count).Contains(true);

    private bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[OutputSchema.Count];
        foreach (var column in columns)
            active[column.Index] = true;
        return active;
    }
}

/// <summary>Scores the current row of a cursor: at most once, and only if a getter needs it.</summary>
internal sealed class RowScorer(DataViewRow row, DataViewSchema.Column image, PixelClassifier classifier)
{
    private readonly PixelGetter _pixels = ImageColumn.CreateGetter(row, image, new PixelPreprocessor(classifier.Fit));
    private readonly byte[] _buffer = new byte[PixelFormat.ByteCount];
    private readonly float[] _scores = new float[classifier.Classes.Count];
    private long? _scored;

    public void GetScore(ref VBuffer<float> destination)
    {
        Update();
        var editor = VBufferEditor.Create(ref destination, _scores.Length);
        _scores.CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void GetPredictedLabel(ref uint destination)
    {
        Update();
        // Key values start at 1; 0 means missing.
        destination = (uint)(ArgMax.Of(_scores) + 1);
    }

    private void Update()
    {
        if (_scored == row.Position)
            return;
        _scored = null;
        _pixels(_buffer);
        classifier.Score(_buffer, 1, _scores);
        _scored = row.Position;
    }
}
