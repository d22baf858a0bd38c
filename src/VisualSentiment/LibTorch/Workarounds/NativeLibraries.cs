using System.Runtime.InteropServices;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>Where the host keeps an application's native libraries.</summary>
internal static class NativeLibraries
{
    /// <summary>
    /// The folders that the runtime probes, in its order, among them the one that a single file unpacks itself to; then the
    /// application's own and the one below it that a build for every system fills.
    /// </summary>
    public static IEnumerable<string> Folders()
    {
        string probed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return probed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", PortableRuntime(), "native"))
            .Select(Path.TrimEndingDirectorySeparator)
            .Distinct();
    }

    /// <summary>The full path of a native library, or null where no folder holds it.</summary>
    public static string? Find(string fileName) =>
        Folders().Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    // RuntimeInformation.RuntimeIdentifier names the distribution where that has built .NET itself; packages do not.
    private static string PortableRuntime()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
    }
}
