namespace VisualSentiment;

/// <summary>
/// Another recipe of a cross-validation, compared with the recipe of the report on the same images and runs.
/// </summary>
/// <param name="Recipe">The name of the other recipe.</param>
/// <param name="Accuracy">The accuracy (0 to 1) of its student, with Wilson's 95% interval.</param>
/// <param name="Difference">
/// The accuracy of the report's student minus that of this student (-1 to 1), paired over images and runs. The interval
/// is computed like that of <see cref="DistillationReport.GainOverHardLabels"/>.
/// </param>
public sealed record RecipeComparison(string Recipe, IntervalEstimate Accuracy, IntervalEstimate Difference);
