namespace VisualSentiment.Data;

/// <summary>What a folder or a label file holds: labelled pictures, and what is wrong with the rest.</summary>
internal sealed class LabelledFiles
{
    /// <summary>The labelled pictures, in the ordinal order of their relative paths.</summary>
    public List<LabelledFile> Files { get; } = [];

    /// <summary>Class names that must have pictures although none may have been found.</summary>
    public SortedSet<string> Classes { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong as a whole; nothing can be loaded.</summary>
    public List<string> Mistakes { get; } = [];

    /// <summary>Files that cannot be used and can be left out.</summary>
    public List<string> BadFiles { get; } = [];

    public void Add(LabelledFile file)
    {
        Files.Add(file);
        Classes.Add(file.Label);
    }
}
