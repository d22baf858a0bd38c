using System.Runtime.InteropServices;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>Finds native libraries of the application.</summary>
internal static class NativeLibraries
{
    /// <summary>
    /// The folders that the runtime probes, in order, including that of an unpacked single-file application; then the
    /// application's own and the one below it for the current system.
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

    /// <summary>The full path of a native library; null if it is not found.</summary>
    public static string? Find(string fileName) =>
        Folders().Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    // RuntimeInformation.RuntimeIdentifier may name a distribution, as packages do not.
    private static string PortableRuntime()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
    }
}
