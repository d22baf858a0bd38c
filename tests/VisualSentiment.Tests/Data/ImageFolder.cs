using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Data;

/// <summary>A temporary folder of small images.</summary>
internal sealed class ImageFolder : IDisposable
{
    // The smallest BMP: one gray pixel.
    private static readonly byte[] Image = [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0,
        1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 99, 99, 99, 0];

    private readonly TemporaryFolder _folder = new();

    public ImageFolder(params string[] images)
    {
        foreach (string image in images)
            File.WriteAllBytes(_folder[image], Image);
    }

    public string Path => _folder.Path;

    public string this[string relativePath] => _folder[relativePath];

    public void Write(string relativePath, string text) => File.WriteAllText(_folder[relativePath], text);

    /// <summary>An image that ends in its middle; its header is whole.</summary>
    public void WriteCutShort(string relativePath) => File.WriteAllBytes(_folder[relativePath], Image[..55]);

    public void Dispose() => _folder.Dispose();
}
