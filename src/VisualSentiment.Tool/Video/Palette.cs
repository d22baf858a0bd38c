namespace VisualSentiment.Tool.Video;

/// <summary>The colors of classes, in the terminal and in images. They repeat after ten classes.</summary>
internal static class Palette
{
    private static readonly string[] Colors =
        ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#bab0ac"];

    public static string ColorOf(int classIndex) => Colors[classIndex % Colors.Length];
}
