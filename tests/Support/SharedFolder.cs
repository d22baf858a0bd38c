namespace VisualSentiment.Tests.Support;

/// <summary>The reference material that lies beside the repository and is not part of it.</summary>
internal static class SharedFolder
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(RepositoryRoot(), "..", "shared"));

    /// <summary>The full path of a file or folder in it; skips the running test where it is absent.</summary>
    public static string Require(string relativePath)
    {
        string path = Path.Combine(Root, relativePath);
        Assert.SkipUnless(Path.Exists(path), $"needs ../shared/{relativePath}, which is not here");
        return path;
    }

    /// <summary>The folder that holds the solution.</summary>
    public static string RepositoryRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "VisualSentiment.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
