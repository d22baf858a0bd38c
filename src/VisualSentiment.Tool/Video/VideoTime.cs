namespace VisualSentiment.Tool.Video;

/// <summary>Formats times of a video, for example as 0:07, 1:02:03 or 0:00.5.</summary>
internal static class VideoTime
{
    /// <param name="seconds">The time.</param>
    /// <param name="decimals">The number of decimal places, 0 or 1.</param>
    public static string Format(double seconds, int decimals = 0)
    {
        // Rounded first, so that 59.96 becomes 1:00.0 and not 0:60.0.
        var time = TimeSpan.FromSeconds(Math.Round(seconds, decimals));
        return time.ToString((time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss") + (decimals > 0 ? @"\.f" : ""), null);
    }
}
