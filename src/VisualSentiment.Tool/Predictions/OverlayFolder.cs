namespace VisualSentiment.Tool.Predictions;

/// <summary>
/// Writes overlays as <c>image.emotion.png</c>, with numbers if images of several folders have the same name.
/// </summary>
/// <param name="folder">The folder, which is created if it does not exist.</param>
/// <param name="emotion">The emotion of the overlays; null for the predicted emotion of each image.</param>
internal sealed class OverlayFolder(string folder, string? emotion)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Saves an overlay and returns its path.</summary>
    public string Save(string image, EvidenceMap map)
    {
        Directory.CreateDirectory(folder);
        string shown = emotion ?? map.Prediction.Emotion;
        string path = Path.Combine(folder, NameFor(image, shown));
        map.SaveOverlay(path, shown);
        return path;
    }

    private string NameFor(string image, string shown)
    {
        // The name of a class may contain characters that are invalid in file names.
        string safe = string.Join('_', shown.Split(Path.GetInvalidFileNameChars()));
        string stem = $"{Path.GetFileNameWithoutExtension(image)}.{safe}", name = $"{stem}.png";
        for (int i = 2; !_names.Add(name); i++)
            name = $"{stem}.{i}.png";
        return name;
    }
}
