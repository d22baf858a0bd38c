namespace VisualSentiment;

/// <summary>The exception that is thrown when the data passed to <c>Fit</c> is invalid.</summary>
public sealed class TrainingDataException : VisualSentimentException
{
    private const int MaxListed = 20;

    internal TrainingDataException(IReadOnlyList<string> problems) : base(Describe(problems)) => Problems = problems;

    /// <summary>Gets all problems; the message lists the first 20.</summary>
    public IReadOnlyList<string> Problems { get; }

    private static string Describe(IReadOnlyList<string> problems)
    {
        string list = string.Concat(problems.Take(MaxListed).Select(problem => $"{Environment.NewLine}  - {problem}"));
        string rest = problems.Count > MaxListed ? $"{Environment.NewLine}  and {problems.Count - MaxListed} more" : "";
        return $"The training data has {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}:{list}{rest}";
    }
}
