using Microsoft.ML;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A trained ML.NET model with a score column.</summary>
internal sealed class ModelTeacher(ITransformer model, string column) : Teacher
{
    public override string Name => model is TeacherTransformer teacher ? teacher.Name : model.GetType().Name;

    internal override IEnumerable<string> FindMistakes() => [];

    internal override float[] ComputeLogits(TrainingSet set, TrainingRun run)
    {
        if (model is TeacherTransformer { Trained: var trained } && trained.Classifier.Fit == set.Fit)
        {
            // A teacher of our own looks at the pixels that are decoded already, and gives logits that are not rounded.
            ThrowIfOtherClasses(trained.Classifier.Classes, set.Classes);
            return trained.ComputeLogits(set, run);
        }
        IDataView scored = model.Transform(set.Source);
        if (ScoreColumn.ReadClasses(scored.Schema, column) is { } known)
            ThrowIfOtherClasses(known, set.Classes);
        return ScoreColumn.ReadLogits(scored, column, TeacherScoreKind.Probabilities, set.Count, set.Classes.Count);
    }
}
