using VisualSentiment.Data.Columns;
using VisualSentiment.Prediction.DataView;
using VisualSentiment.Teaching;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment;

/// <summary>
/// A trained teacher as an ML.NET transformer: evaluate it, and let it teach with <see cref="Teachers.FromModel"/>. It stays
/// in this process: what is saved and shipped is the student.
/// </summary>
public sealed class TeacherTransformer : ITransformer, IDisposable
{
    private readonly string _imageColumn;

    internal TeacherTransformer(TrainedTeacher trained, string name, string imageColumn)
    {
        Trained = trained;
        Name = name;
        _imageColumn = imageColumn;
    }

    /// <summary>The teacher's name.</summary>
    public string Name { get; }

    /// <summary>The classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Classes => Trained.Classifier.Classes;

    /// <summary>How many parameters the teacher has.</summary>
    public long Parameters => Trained.Parameters;

    /// <summary>What came of each epoch of its training; empty where it was not trained epoch by epoch.</summary>
    public IReadOnlyList<EpochResult> History => Trained.History;

    internal TrainedTeacher Trained { get; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema with <c>PredictedLabel</c> and <c>Score</c>.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has no image column.</exception>
    /// <exception cref="InvalidOperationException">The image column cannot hold images.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => CreateMapper(inputSchema).OutputSchema;

    /// <summary>Adds <c>PredictedLabel</c> and <c>Score</c> to data, row by row as it is read.</summary>
    /// <param name="input">The data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has no image column.</exception>
    /// <exception cref="InvalidOperationException">The image column cannot hold images.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, CreateMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => CreateMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(
        "A teacher cannot be saved with ml.Model.Save. Distil a student from it (DistillSentiment with Teachers.FromModel) and save that.");

    /// <summary>Frees the teacher. Data that it scores cannot be read any more.</summary>
    public void Dispose() => Trained.Dispose();

    private ScoringMapper CreateMapper(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new ScoringMapper(Trained.Classifier, schema, _imageColumn, ScoreColumnNames.Default);
    }
}
