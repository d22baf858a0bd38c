using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A teacher whose scores stand in a column of the training data.</summary>
internal sealed class ScoreColumnTeacher(string column, TeacherScoreKind kind) : Teacher
{
    public override string Name => $"the column '{column}'";

    internal override IEnumerable<string> FindErrors() =>
        string.IsNullOrWhiteSpace(column) ? ["the teacher's score column has no name"] : [];

    internal override PreparedTeacher Prepare(TrainingSet set, TrainingRun run) =>
        PrepareScores(set, column, kind, data => data);
}
