using VisualSentiment;

namespace Predict;

/// <summary>Where overlays go: <c>picture.emotion.png</c>, numbered where pictures of several folders are called the same.</summary>
/// <param name="folder">The folder, which is made where it is missing.</param>
/// <param name="emotion">The emotion that they show; null for the predicted one of each picture.</param>
internal sealed class OverlayFolder(string folder, string? emotion)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Predicts pictures and writes an overlay of each; false where one could not be read.</summary>
    public bool Explain(SentimentDetector detector, IEnumerable<string> pictures, IReport report)
    {
        Directory.CreateDirectory(folder);
        bool allRead = true;
        foreach (string picture in pictures)
        {
            try
            {
                EvidenceMap map = detector.Explain(picture);
                string shown = emotion ?? map.Prediction.Emotion;
                map.SaveOverlay(Path.Combine(folder, NameFor(picture, shown)), shown);
                report.Write(picture, map.Prediction);
            }
            catch (UnreadableImageException e)
            {
                report.Write(picture, e);
                allRead = false;
            }
            Console.Out.Flush();
        }
        return allRead;
    }

    private string NameFor(string picture, string shown)
    {
        // A class may be called as no file can be.
        string stem = $"{Path.GetFileNameWithoutExtension(picture)}.{string.Join('_', shown.Split(Path.GetInvalidFileNameChars()))}", name = $"{stem}.png";
        for (int i = 2; !_names.Add(name); i++)
            name = $"{stem}.{i}.png";
        return name;
    }
}
