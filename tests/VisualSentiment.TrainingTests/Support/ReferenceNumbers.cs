namespace VisualSentiment.Tests.Support;

/// <summary>Values that PyTorch 1.13 and torchvision 0.14 computed, in <c>Reference/</c>.</summary>
internal static class ReferenceNumbers
{
    /// <summary>The JSON text of a file.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Reference", name));
}
