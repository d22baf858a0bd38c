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
        return new ScoredRow(input, Bind(input, activeColumns));
    }

    public ScoredRowGetters Bind(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        bool[] active = new bool[OutputSchema.Count];
        foreach (var column in activeColumns)
            active[column.Index] = true;
        bool scores = active.AsSpan(InputSchema.Count).Contains(true);
        return new ScoredRowGetters(input, OutputSchema, active,
            scores ? new RowScorer(input, input.Schema[_image.Index], _classifier) : null);
    }
}
