using System.Globalization;
using System.Text;

namespace VisualSentiment;

/// <summary>A folder or label file cannot be used for training. The exception lists all errors.</summary>
public sealed class InvalidImageFolderException : IOException
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

    /// <summary>Gets all errors, of which the message shows the first 20; errors of a file begin with its path.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Formats a heading and the first problems.</summary>
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
