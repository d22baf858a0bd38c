using System.Globalization;
using System.Text;
using VisualSentiment;

namespace Distill;

/// <summary>Compares a recipe with others over the folds and seeds that both have.</summary>
internal static class RecipeTable
{
    /// <summary>The table in Markdown.</summary>
    /// <param name="settings">The settings of the recipe, by name.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="others">The other recipes.</param>
    /// <exception cref="InvalidOperationException">Another recipe has no run in common with this one, or tested other images.</exception>
    public static string Write(IReadOnlyDictionary<string, string> settings, IReadOnlyList<FoldRun> runs, IEnumerable<(string Path, FoldsFile File)> others)
    {
        var text = new StringBuilder();
        text.Append("| recipe | different settings | runs | accuracy | this recipe, same runs | difference in points |\n|-|-|-:|-:|-:|-:|\n");
        foreach (var (path, other) in others)
        {
            var theirs = other.Runs.ToDictionary(run => (run.Seed, run.Fold));
            FoldRun[] common = [.. runs.Where(run => theirs.ContainsKey((run.Seed, run.Fold)))];
            if (common.Length == 0)
                throw new InvalidOperationException($"'{path}' has no fold and seed in common with this recipe. Run both with the same folds and seeds.");
            var own = DistillationReport.Combine(common.Select(run => run.Report));
            var foreign = DistillationReport.Combine(common.Select(run => theirs[(run.Seed, run.Fold)].Report));
            IntervalEstimate gain;
            try
            {
                gain = own.GainOver(foreign);
            }
            catch (ArgumentException e)
            {
                throw new InvalidOperationException($"'{path}' cannot be compared: {e.Message}", e);
            }
            string name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!;
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {Differences(settings, other.Settings)} | {common.Length} | {foreign.Student.Accuracy.Value:0.0%} | {own.Student.Accuracy.Value:0.0%} | ")
                .Append(CultureInfo.InvariantCulture, $"{Points(gain.Value)} ({Points(gain.Lower)} to {Points(gain.Upper)}) |\n");
        }
        return text.ToString();
    }

    private static string Differences(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> other) => string.Join("; ",
        own.Keys.Union(other.Keys).Where(name => name != Baseline).Order(StringComparer.Ordinal)
            .Where(name => own.GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Select(name => $"{name}: {other.GetValueOrDefault(name, "not set")}"));

    // Training on hard labels does not affect the distilled student.
    private static string Baseline => JsonName(nameof(DistillSettings.LeavesOutHardLabels));

    private static string JsonName(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    private static string Points(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
