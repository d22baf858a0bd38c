using System.Globalization;
using System.Text;
using VisualSentiment.Onnx.Validation;
using VisualSentiment;

namespace Distill;

/// <summary>What other recipes come to over the folds and seeds that both were run on, and how the recipe at hand differs from each.</summary>
internal static class RecipeTable
{
    /// <summary>The table in Markdown.</summary>
    /// <param name="settings">The settings of the recipe at hand, by name.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="others">The other recipes.</param>
    /// <exception cref="InvalidOperationException">Another recipe shares no run with this one, or a run of it tested other images.</exception>
    public static string Write(IReadOnlyDictionary<string, string> settings, IReadOnlyList<FoldRun> runs, IEnumerable<(string Path, FoldsFile File)> others)
    {
        var text = new StringBuilder();
        text.Append("| recipe | what is other in it | runs | accuracy | this recipe, same runs | this recipe less it |\n|-|-|-:|-:|-:|-:|\n");
        foreach (var (path, other) in others)
        {
            var theirs = other.Runs.ToDictionary(run => (run.Seed, run.Fold));
            FoldRun[] common = [.. runs.Where(run => theirs.ContainsKey((run.Seed, run.Fold)))];
            if (common.Length == 0)
                throw new InvalidOperationException($"'{path}' shares no fold of a seed with this recipe; run both over the same.");
            var own = DistillationReport.Combine(common.Select(run => run.Report));
            var foreign = DistillationReport.Combine(common.Select(run => theirs[(run.Seed, run.Fold)].Report));
            IntervalEstimate gain;
            try
            {
                gain = own.GainOver(foreign);
            }
            catch (ArgumentException e)
            {
                throw new InvalidOperationException($"'{path}' cannot be compared with: {e.Message}", e);
            }
            string name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!;
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {Differences(settings, other.Settings)} | {common.Length} | {foreign.Student.Accuracy.Value:P1} | {own.Student.Accuracy.Value:P1} | ")
                .Append(CultureInfo.InvariantCulture, $"{Points(gain.Value)} ({Points(gain.Lower)} to {Points(gain.Upper)}) |\n");
        }
        return text.ToString();
    }

    private static string Differences(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> other) => string.Join("; ",
        own.Keys.Union(other.Keys).Where(name => name != Baseline).Order(StringComparer.Ordinal)
            .Where(name => own.GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Select(name => $"{name}: {other.GetValueOrDefault(name, "not set")}"));

    // Whether there is a student on the labels alone says nothing about the distilled one.
    private static string Baseline => JsonName(nameof(DistillSettings.LeavesOutHardLabels));

    private static string JsonName(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    private static string Points(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
