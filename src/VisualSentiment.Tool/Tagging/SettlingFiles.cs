using System.Diagnostics;

namespace VisualSentiment.Tool.Tagging;

/// <summary>
/// Holds back files that may still be written: those that changed recently. Empty files are held back longer, because
/// programs often create a file some time before they write to it.
/// </summary>
internal sealed class SettlingFiles
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2), QuietIfEmpty = TimeSpan.FromSeconds(30);

    private Dictionary<string, (FileStamp Stamp, long Since)> _seen = new(StringComparer.Ordinal);

    public bool Any => _seen.Count > 0;

    /// <summary>Returns the files that have not changed for long enough.</summary>
    /// <param name="images">All images that are to be tagged.</param>
    public IReadOnlyList<FoundImage> Settle(IEnumerable<FoundImage> images)
    {
        long now = Stopwatch.GetTimestamp();
        Dictionary<string, (FileStamp Stamp, long Since)> seen = new(StringComparer.Ordinal);
        List<FoundImage> settled = [];
        foreach (FoundImage image in images)
        {
            long since = _seen.TryGetValue(image.Name, out var known) && known.Stamp == image.Stamp ? known.Since : now;
            if (Stopwatch.GetElapsedTime(since, now) >= (image.Stamp.Size == 0 ? QuietIfEmpty : Quiet))
                settled.Add(image);
            else
                seen.Add(image.Name, (image.Stamp, since));
        }
        _seen = seen;
        return settled;
    }
}
