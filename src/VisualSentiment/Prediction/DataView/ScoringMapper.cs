using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Inference;

namespace VisualSentiment.Prediction.DataView;

/// <summary>
/// Adds a predicted label and scores to rows of a schema; every other column passes through untouched.
/// </summary>
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

    /// <summary>Throws the types of exceptions that ML.NET's own transformers throw, so that a saved model throws the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The schema has no such column.</exception>
    /// <exception cref="InvalidOperationException">The column cannot hold images.</exception>
    public static void ThrowIfNotImages(DataViewSchema inputSchema, string imageColumn)
    {
        if (ImageColumn.FindError(inputSchema, imageColumn) is { } problem)
            throw inputSchema.GetColumnOrNull(imageColumn) is null
                ? new ArgumentOutOfRangeException(nameof(inputSchema), problem) : new InvalidOperationException(problem);
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
            throw new ArgumentOutOfRangeException(nameof(input), "The row has another schema than the one that the mapper "
                + $"was created for. Its columns are {Names(input.Schema)}; the mapper's are {Names(InputSchema)}. "
                + "Call GetRowToRowMapper with the schema of the rows.");
        return new ScoredRow(input, Bind(input, Active(activeColumns)));
    }

    /// <summary>A cursor over rows with their scores; it owns the one that is given.</summary>
    /// <param name="input">A cursor in which the columns are active that <see cref="GetDependencies"/> names.</param>
    /// <param name="activeColumns">The columns that are wanted.</param>
    /// <param name="alone">Whether it is one of several cursors that are driven at the same time.</param>
    public DataViewRowCursor CreateCursor(DataViewRowCursor input, IEnumerable<DataViewSchema.Column> activeColumns, bool alone)
    {
        bool[] active = Active(activeColumns);
        bool ahead = !alone && IsScored(active) && PrefetchingCursor.CanRead(InputSchema, active, _image, _classifier);
        return ahead ? new PrefetchingCursor(input, OutputSchema, active, _image, _classifier)
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
