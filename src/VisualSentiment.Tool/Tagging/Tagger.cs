namespace VisualSentiment.Tool.Tagging;

/// <summary>Predicts images, writes their sidecars, and appends the results to the journal.</summary>
/// <param name="detector">The detector.</param>
/// <param name="model">The fingerprint of the model.</param>
/// <param name="tree">The tagged folder.</param>
/// <param name="journal">The journal.</param>
/// <param name="settings">The settings.</param>
internal sealed class Tagger(
    SentimentDetector detector, string model, ImageTree tree, Journal journal, TagSettings settings)
{
    /// <summary>The tag of images whose confidence is below the threshold.</summary>
    public const string Uncertain = "uncertain";

    // These are tried again in the next run, because the cause may be outside the file.
    private readonly Dictionary<string, FileStamp> _failed = new(StringComparer.Ordinal);

    /// <summary>Returns the result of the current content of an image; null if it is not tagged yet.</summary>
    public TaggedImage? Find(FoundImage image) =>
        journal.Find(image.Name) is { } known && known.Stamp == image.Stamp && known.Model == model ? known : null;

    /// <summary>Whether the image or its sidecar had an error in this run.</summary>
    public bool HasFailed(FoundImage image) =>
        _failed.TryGetValue(image.Name, out FileStamp failed) && failed == image.Stamp;

    /// <summary>Returns the emotion, or "uncertain"; null if the image could not be read.</summary>
    public string? TagOf(TaggedImage image) =>
        image.Emotion is null || image.Confidence >= settings.Threshold ? image.Emotion : Uncertain;

    /// <summary>Whether nothing is left to do for an image in this run.</summary>
    public bool IsDone(FoundImage image) => Find(image) is { } known
        && (known.Emotion is not null && HasSidecar(image, known) || HasFailed(image));

    /// <param name="images">Images that are not done.</param>
    /// <param name="tagged">Called after the result of an image is in the journal.</param>
    /// <param name="cancellation">Cancels predictions that are not in the journal yet.</param>
    public void Tag(IReadOnlyList<FoundImage> images, Action tagged, CancellationToken cancellation)
    {
        ILookup<bool, FoundImage> predicted = images.ToLookup(image => Find(image)?.Emotion is not null);
        foreach (FoundImage image in predicted[true])
        {
            cancellation.ThrowIfCancellationRequested();
            Append(image, journal.Read(Find(image)!));
            tagged();
        }
        Queue<FoundImage> inProgress = new();
        var paths = predicted[false].Select(image =>
        {
            inProgress.Enqueue(image);
            return tree.PathOf(image.Name);
        });
        foreach (ImageResult result in detector.PredictMany(paths, cancellationToken: cancellation))
        {
            FoundImage image = inProgress.Dequeue();
            Append(image, new JournalLine
            {
                File = image.Name,
                Size = image.Stamp.Size,
                Modified = image.Stamp.Modified,
                Model = model,
                Scores = result.Prediction?.Scores,
                Error = result.Error?.Reason,
                Keyword = journal.Find(image.Name)?.Keyword,
            });
            tagged();
        }
    }

    private void Append(FoundImage image, JournalLine line)
    {
        if (settings.WritesSidecars && line.Scores is not null)
            line = WriteSidecar(image, line, KeywordOf(new SentimentPrediction(line.Scores)));
        journal.Append(line);
        if (line.Error is not null || line.SidecarError is not null)
            _failed[image.Name] = image.Stamp;
    }

    private JournalLine WriteSidecar(FoundImage image, JournalLine line, string keyword)
    {
        try
        {
            XmpSidecar.SetEmotion(tree.PathOf(image.Name), keyword.Length == 0 ? null : keyword);
            return line with { Keyword = keyword, SidecarError = null };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return line with { SidecarError = e.Message };
        }
    }

    private bool HasSidecar(FoundImage image, TaggedImage known)
    {
        if (!settings.WritesSidecars)
            return true;
        string wanted = KeywordOf(known.Emotion!, known.Confidence);
        return known.Keyword == wanted
            && (wanted.Length == 0 || File.Exists(XmpSidecar.PathOf(tree.PathOf(image.Name))));
    }

    private string KeywordOf(SentimentPrediction prediction) => KeywordOf(prediction.Emotion, prediction.Confidence);

    private string KeywordOf(string emotion, float confidence) => confidence >= settings.Threshold ? emotion : "";
}
