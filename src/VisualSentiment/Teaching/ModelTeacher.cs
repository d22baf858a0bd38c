using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A trained ML.NET model whose score column has probabilities.</summary>
internal sealed class ModelTeacher(ITransformer model, string scoreColumn) : Teacher
{
    public override string Name => model is TeacherTransformer teacher ? teacher.Name : model.GetType().Name;

    /// <summary>The model, if evaluations can find its scores; null otherwise.</summary>
    public ITransformer? Evaluated =>
        model is SentimentTransformer || scoreColumn == ScoreColumns.Score ? model : null;

    internal override string Description => model is TeacherTransformer teacher ? teacher.Source.Description : Name;

    internal override IEnumerable<string> FindErrors() => [];

    internal override bool HasFeatures => model is TeacherTransformer { Source.HasFeatures: true };

    internal override CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) =>
        model is TeacherTransformer teacher ? teacher.Source.OpenFeatures(run, mapSides)
        : base.OpenFeatures(run, mapSides);

    internal override PreparedTeacher Prepare(TrainingSet set, TrainingRun run)
    {
        // Models of this library use the decoded pixels, and their logits are not computed from rounded probabilities.
        if (model is TeacherTransformer { Trained: var trained } && trained.Classifier.Fit == set.Fit)
        {
            ThrowIfOtherClasses(trained.Classifier.Classes, set.Classes);
            return trained.Prepare(set, run);
        }
        if (model is SentimentTransformer { Classifier: var student } && student.Fit == set.Fit)
        {
            ThrowIfOtherClasses(student.Classes, set.Classes);
            return new PreparedPixelTeacher(student);
        }
        string column = model is SentimentTransformer other ? other.ScoreColumn : scoreColumn;
        return PrepareScores(set, column, TeacherScoreKind.Probabilities, model.Transform);
    }
}
