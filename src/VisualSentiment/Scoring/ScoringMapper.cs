using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring;

/// <summary>Adds <c>PredictedLabel</c> and <c>Score</c> to rows of a schema; every other column passes through untouched.</summary>
internal sealed class ScoringMapper : IRowToRowMapper
{
    private readonly PixelClassifier _classifier;
    private readonly DataViewSchema.Column _image;

    /// <exception cref="ArgumentException">The schema has no such column, or it cannot hold pictures.</exception>
    public ScoringMapper(PixelClassifier classifier, DataViewSchema input, string imageColumn)
    {
        if (ImageColumn.FindMistake(input, imageColumn) is { } mistake)
            throw new ArgumentException(mistake, nameof(input));
        _classifier = classifier;
        _image = input[imageColumn];
        InputSchema = input;
        OutputSchema = ScoreColumns.AppendTo(input, classifier.Classes);
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
        return new ScoredRow(input, Bind(input, Active(activeColumns), alone: false));
    }

    /// <summary>A cursor over rows with their scores; it owns the one that is given.</summary>
    /// <param name="input">A cursor in which the columns are active that <see cref="GetDependencies"/> names.</param>
    /// <param name="activeColumns">The columns that are wanted.</param>
    /// <param name="alone">Whether it is one of several cursors that are driven at the same time.</param>
    public DataViewRowCursor CreateCursor(DataViewRowCursor input, IEnumerable<DataViewSchema.Column> activeColumns, bool alone)
    {
        bool[] active = Active(activeColumns);
        bool ahead = !alone && IsScored(active) && AheadCursor.CanRead(InputSchema, active, _image, _classifier);
        return ahead ? new AheadCursor(input, OutputSchema, active, _image, _classifier)
            : new ScoredCursor(input, Bind(input, active, alone));
    }

    private ScoredRowGetters Bind(DataViewRow input, bool[] active, bool alone) => new(input, OutputSchema, active,
        IsScored(active) ? new RowScorer(input, input.Schema[_image.Index], _classifier, alone) : null);

    private bool IsScored(bool[] active) => active.AsSpan(InputSchema.Count).Contains(true);

    private bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[OutputSchema.Count];
        foreach (var column in columns)
            active[column.Index] = true;
        return active;
    }
}
