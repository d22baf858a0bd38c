using System.Globalization;
using System.Text;

namespace VisualSentiment;

/// <summary>A folder or label file does not hold what a classifier can be trained on. It lists every error.</summary>
public sealed class InvalidImageFolderException : IOException
{
    private const int MaxListed = 20;

    internal InvalidImageFolderException(string path, IReadOnlyList<string> problems)
        : base(Describe($"Cannot train on '{path}':", problems))
    {
        Path = path;
        Problems = problems;
    }

    /// <summary>The full path of the folder or label file.</summary>
    public string Path { get; }

    /// <summary>All errors, of which the message shows the first twenty; those of a file begin with its path.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>A heading and the first problems under it.</summary>
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
