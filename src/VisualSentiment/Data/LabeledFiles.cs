namespace VisualSentiment.Data;

/// <summary>The labeled images of a folder or a label file, and its errors.</summary>
internal sealed class LabeledFiles
{
    /// <summary>The labeled images, in the ordinal order of their relative paths.</summary>
    public List<LabeledFile> Files { get; } = [];

    /// <summary>The class names, including those without images.</summary>
    public SortedSet<string> Classes { get; } = new(StringComparer.Ordinal);

    /// <summary>Errors that make loading fail.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Files that cannot be used and may be skipped.</summary>
    public List<string> BadFiles { get; } = [];

    public void Add(LabeledFile file)
    {
        Files.Add(file);
        Classes.Add(file.Label);
    }
}

/// <summary>An image file with its class.</summary>
/// <param name="RelativePath">The path below the folder, with '/' between segments on every system.</param>
/// <param name="FullPath">The full path.</param>
/// <param name="Label">The name of the class.</param>
internal sealed record LabeledFile(string RelativePath, string FullPath, string Label);
