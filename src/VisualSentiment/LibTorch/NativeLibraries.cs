namespace VisualSentiment.LibTorch;

/// <summary>Where the host keeps an application's native libraries.</summary>
internal static class NativeLibraries
{
    /// <summary>The folders that the runtime probes, in its order.</summary>
    public static IEnumerable<string> Folders()
    {
        string probed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        string runtime = Path.Combine(AppContext.BaseDirectory, "runtimes",
            System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, "native");
        return probed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(runtime)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"))
            .Distinct();
    }

    /// <summary>The full path of a native library, or null where no folder holds it.</summary>
    public static string? Find(string fileName) =>
        Folders().Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);
}
