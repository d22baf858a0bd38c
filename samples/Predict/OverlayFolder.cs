using VisualSentiment;

namespace Predict;

/// <summary>Where overlays go: <c>image.emotion.png</c>, numbered where images of several folders are called the same.</summary>
/// <param name="folder">The folder, which is made where it is missing.</param>
/// <param name="emotion">The emotion that they show; null for the predicted one of each image.</param>
internal sealed class OverlayFolder(string folder, string? emotion)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Predicts images and writes an overlay of each; false where one could not be read.</summary>
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
        // A class may be called as no file can be.
        string stem = $"{Path.GetFileNameWithoutExtension(image)}.{string.Join('_', shown.Split(Path.GetInvalidFileNameChars()))}", name = $"{stem}.png";
        for (int i = 2; !_names.Add(name); i++)
            name = $"{stem}.{i}.png";
        return name;
    }
}
