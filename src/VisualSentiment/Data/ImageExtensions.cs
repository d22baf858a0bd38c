namespace VisualSentiment.Data;

/// <summary>The endings of file names that stand for images.</summary>
internal static class ImageExtensions
{
    private static readonly string[] All = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    /// <summary>For messages.</summary>
    public static string List { get; } = string.Join(' ', All);

    public static bool Has(string path) => All.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
