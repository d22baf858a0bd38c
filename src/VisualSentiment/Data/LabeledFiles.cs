namespace VisualSentiment.Data;

/// <summary>What a folder or a label file holds: labeled images, and what is wrong with the rest.</summary>
internal sealed class LabeledFiles
{
    /// <summary>The labeled images, in the ordinal order of their relative paths.</summary>
    public List<LabeledFile> Files { get; } = [];

    /// <summary>Class names that must have images although none may have been found.</summary>
    public SortedSet<string> Classes { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong as a whole; nothing can be loaded.</summary>
    public List<string> Mistakes { get; } = [];

    /// <summary>Files that cannot be used and can be left out.</summary>
    public List<string> BadFiles { get; } = [];

    public void Add(LabeledFile file)
    {
        Files.Add(file);
        Classes.Add(file.Label);
    }
}
