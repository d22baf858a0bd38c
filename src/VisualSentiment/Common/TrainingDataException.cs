namespace VisualSentiment;

/// <summary>The data given to <c>Fit</c> cannot be trained on. Everything that is wrong is listed.</summary>
public sealed class TrainingDataException : InvalidOperationException
{
    private const int Listed = 20;

    internal TrainingDataException(IReadOnlyList<string> problems) : base(Describe(problems)) => Problems = problems;

    /// <summary>What is wrong, one entry a problem.</summary>
    public IReadOnlyList<string> Problems { get; }

    private static string Describe(IReadOnlyList<string> problems)
    {
        string list = string.Concat(problems.Take(Listed).Select(problem => $"{Environment.NewLine}  - {problem}"));
        string rest = problems.Count > Listed ? $"{Environment.NewLine}  and {problems.Count - Listed} more" : "";
        return $"The training data has {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}:{list}{rest}";
    }
}
