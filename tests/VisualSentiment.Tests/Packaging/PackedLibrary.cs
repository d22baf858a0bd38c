using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Packaging;

/// <summary>The package, packed once, under a version of its own, in a folder that serves as a feed.</summary>
[CollectionDefinition]
public sealed class PackedLibrary : IDisposable, ICollectionFixture<PackedLibrary>
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<(string Feed, string Output)> _packed;

    public PackedLibrary() => _packed = new(Pack);

    /// <summary>The version, which no other run shares.</summary>
    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    /// <summary>What packing printed.</summary>
    public string Output => _packed.Value.Output;

    /// <summary>The folder with the packed files.</summary>
    public string Feed => _packed.Value.Feed;

    /// <summary>The full path of the packed file with an extension.</summary>
    public string File(string extension) => Path.Combine(Feed, $"VisualSentiment.{Version}.{extension}");

    public void Dispose() => _folder.Dispose();

    private (string Feed, string Output) Pack()
    {
        // Built in a folder of its own: the files that the running tests were built from stay as they are. The analyzers
        // ran when these were built.
        var (exitCode, output) = DotNetCommand.Run(SharedFolder.RepositoryRoot(), "pack", "src/VisualSentiment", "-c", "Release",
            "-o", _folder["feed"], "--artifacts-path", _folder["build"], "-p:CI=true",
            "-p:RunAnalyzers=false", $"-p:Version={Version}");
        Assert.True(exitCode == 0, output);
        return (_folder["feed"], output);
    }
}
