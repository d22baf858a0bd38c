using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Data;

/// <summary>A temporary folder of small pictures.</summary>
internal sealed class PictureFolder : IDisposable
{
    // The smallest BMP: one grey pixel.
    private static readonly byte[] Picture = [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0,
        1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 99, 99, 99, 0];

    private readonly TemporaryFolder _folder = new();

    public PictureFolder(params string[] pictures)
    {
        foreach (string picture in pictures)
            File.WriteAllBytes(_folder[picture], Picture);
    }

    public string Path => _folder.Path;

    public string this[string relativePath] => _folder[relativePath];

    public void Write(string relativePath, string text) => File.WriteAllText(_folder[relativePath], text);

    /// <summary>A picture that ends in its middle; its header is whole.</summary>
    public void WriteCutShort(string relativePath) => File.WriteAllBytes(_folder[relativePath], Picture[..55]);

    public void Dispose() => _folder.Dispose();
}
