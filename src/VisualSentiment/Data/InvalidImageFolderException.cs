using System.Globalization;
using System.Text;

namespace VisualSentiment;

/// <summary>A folder of images or a label file is invalid as training data. The message lists the problems.</summary>
public sealed class InvalidImageFolderException : VisualSentimentException
{
    private const int MaxListed = 20;

    internal InvalidImageFolderException(string path, IReadOnlyList<string> problems)
        : base(Describe($"Cannot train on '{path}':", problems))
    {
        Path = path;
        Problems = problems;
    }

    /// <summary>Gets the full path of the folder or label file.</summary>
    public string Path { get; }

    /// <summary>Gets all problems; the message lists the first 20. Those of a file start with its path.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The heading and the first problems under it.</summary>
    internal static string Describe(string heading, IReadOnlyList<string> problems)
    {
        var text = new StringBuilder(heading);
        foreach (string problem in problems.Take(MaxListed))
            text.Append(CultureInfo.InvariantCulture, $"\n  - {problem}");
        if (problems.Count > MaxListed)
            text.Append(CultureInfo.InvariantCulture, $"\n  ... and {problems.Count - MaxListed} more");
        return text.ToString();
    }
}
