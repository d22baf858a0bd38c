using VisualSentiment;

namespace PaperTables;

/// <summary>What attention to regions brought a teacher.</summary>
/// <param name="Folds">The folds of the cross-validation.</param>
/// <param name="Tests">The pictures tested.</param>
/// <param name="Plain">The accuracy of the plain head.</param>
/// <param name="Attending">That of the head with region attention.</param>
/// <param name="Difference">The latter less the former, paired over pictures, with its 95 % interval.</param>
internal sealed record RegionsReport(int Folds, int Tests, IntervalEstimate Plain, IntervalEstimate Attending, IntervalEstimate Difference)
{
    public FigureTable ToTable() => new($"A teacher that looks at regions: {Folds} folds, {Tests} test pictures", ["head", "accuracy"],
    [
        ["plain", Text.Percent(Plain.Value)],
        ["with region attention", Text.Percent(Attending.Value)],
        ["difference (95 % interval)", Text.Points(Difference)],
    ]);
}
