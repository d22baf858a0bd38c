namespace VisualSentiment.Reporting.Page;

/// <summary>A model of the comparison, as a page shows it.</summary>
/// <param name="Role">What it is: teacher, student, hard labels.</param>
/// <param name="Color">The position of its colour, the same all over the page.</param>
/// <param name="Evaluation">How well it does.</param>
/// <param name="Figures">What it costs.</param>
/// <param name="Curve">Its epochs in a run.</param>
/// <param name="Scores">What it said of a picture.</param>
internal sealed record ComparedModel(string Role, int Color, ModelEvaluation Evaluation, NetworkFigures Figures,
    Func<TrainingCurves, IReadOnlyList<EpochResult>> Curve, Func<TestedPicture, IReadOnlyList<float>?> Scores)
{
    /// <summary>Its own name, where it has one.</summary>
    public string Name => Figures.Name ?? Role;
}
