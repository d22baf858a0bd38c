using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Prediction.DataView;
using VisualSentiment.Teaching;

namespace VisualSentiment;

/// <summary>
/// A trained teacher as an ML.NET transformer, for evaluation and for <see cref="Teachers.FromModel"/>. It cannot be
/// saved; save the student instead.
/// </summary>
public sealed class TeacherTransformer : ITransformer, IDisposable
{
    private readonly string _imageColumn;

    internal TeacherTransformer(TrainedTeacher trained, TrainableTeacher source, string imageColumn)
    {
        Trained = trained;
        Source = source;
        _imageColumn = imageColumn;
    }

    /// <summary>Gets the name of the teacher.</summary>
    public string Name => Source.Name;

    /// <summary>Gets the classes in the order of the scores.</summary>
    public IReadOnlyList<string> Classes => Trained.Classifier.Classes;

    /// <summary>Gets the number of parameters of the teacher.</summary>
    public long Parameters => Trained.Parameters;

    /// <summary>Gets the metrics of each training epoch; empty if the teacher was not trained in epochs.</summary>
    public IReadOnlyList<EpochResult> History => Trained.History;

    internal TrainedTeacher Trained { get; }

    /// <summary>What was trained.</summary>
    internal TrainableTeacher Source { get; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>Returns the schema with <c>PredictedLabel</c> and <c>Score</c> added.</summary>
    /// <param name="inputSchema">The schema of the data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing.</exception>
    /// <exception cref="InvalidOperationException">The image column cannot hold images.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => CreateMapper(inputSchema).OutputSchema;

    /// <summary>Adds <c>PredictedLabel</c> and <c>Score</c> to data. Rows are scored when they are read.</summary>
    /// <param name="input">The data to score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing.</exception>
    /// <exception cref="InvalidOperationException">The image column cannot hold images.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredDataView(input, CreateMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => CreateMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(
        "A teacher cannot be saved with ml.Model.Save. Distill a student from it (DistillSentiment with "
        + "Teachers.FromModel) and save the student.");

    /// <summary>Releases the teacher. Data views that <see cref="Transform"/> returned can no longer be read.</summary>
    public void Dispose() => Trained.Dispose();

    private ScoringMapper CreateMapper(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new ScoringMapper(Trained.Classifier, schema, _imageColumn, ScoreColumnNames.Default);
    }
}
