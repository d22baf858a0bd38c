using VisualSentiment;

namespace Predict;

/// <summary>Writes overlays as <c>image.emotion.png</c>, with numbers if images of several folders have the same name.</summary>
/// <param name="folder">The folder, which is created if it does not exist.</param>
/// <param name="emotion">The emotion of the overlays; null for the predicted emotion of each image.</param>
internal sealed class OverlayFolder(string folder, string? emotion)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Predicts images and writes an overlay of each; false if an image could not be read.</summary>
    public bool Explain(SentimentDetector detector, IEnumerable<string> images, IReport report)
    {
        Directory.CreateDirectory(folder);
        bool allRead = true;
        foreach (string image in images)
        {
            try
            {
                EvidenceMap map = detector.Explain(image);
                string shown = emotion ?? map.Prediction.Emotion;
                map.SaveOverlay(Path.Combine(folder, NameFor(image, shown)), shown);
                report.Write(image, map.Prediction);
            }
            catch (UnreadableImageException e)
            {
                report.Write(image, e);
                allRead = false;
            }
            Console.Out.Flush();
        }
        return allRead;
    }

    private string NameFor(string image, string shown)
    {
        // The name of a class may contain characters that are invalid in file names.
        string stem = $"{Path.GetFileNameWithoutExtension(image)}.{string.Join('_', shown.Split(Path.GetInvalidFileNameChars()))}", name = $"{stem}.png";
        for (int i = 2; !_names.Add(name); i++)
            name = $"{stem}.{i}.png";
        return name;
    }
}
