namespace VisualSentiment.Tests.Support;

/// <summary>A folder of a test's own, removed with everything in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("visualsentiment-").FullName;

    /// <summary>The full path of something in the folder; the folders on the way are made.</summary>
    public string this[string relativePath]
    {
        get
        {
            string path = System.IO.Path.Combine(Path, relativePath);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return path;
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
