namespace VisualSentiment.Tests.Support;

/// <summary>Where a build puts native libraries.</summary>
public enum FolderLayout
{
    /// <summary>Below <c>runtimes</c>, as <c>dotnet build</c> does.</summary>
    EverySystem,

    /// <summary>Beside the application, as <c>dotnet publish -r linux-x64</c> does.</summary>
    OneSystem,
}
