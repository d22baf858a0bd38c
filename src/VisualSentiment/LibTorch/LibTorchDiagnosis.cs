using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using VisualSentiment.LibTorch.Workarounds;

namespace VisualSentiment.LibTorch;

/// <summary>Finds out why libtorch could not be loaded, and what the user can do.</summary>
internal static partial class LibTorchDiagnosis
{
    /// <summary>Lists the causes that apply to this system with their solutions, and the loader's message.</summary>
    public static string Explain(string loaderMessage) =>
        Explain(loaderMessage, RuntimeInformation.RuntimeIdentifier, RuntimeInformation.ProcessArchitecture,
            name => NativeLibraries.Find(name) is not null);

    /// <summary>The same for a given system and its files, for tests.</summary>
    internal static string Explain(string loaderMessage, string runtime, Architecture architecture, Func<string, bool> exists)
    {
        List<string> causes = [];
        bool windows = runtime.StartsWith("win", StringComparison.Ordinal);
        bool mac = runtime.StartsWith("osx", StringComparison.Ordinal);
        string library = windows ? "torch_cpu.dll" : mac ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
        bool musl = runtime.Contains("musl", StringComparison.Ordinal) || runtime.StartsWith("alpine", StringComparison.Ordinal);
        string? package = (windows, mac, architecture) switch
        {
            (true, _, Architecture.X64) => "libtorch-cpu-win-x64",
            (true, _, Architecture.Arm64) => "libtorch-cpu-win-arm64",
            (_, true, Architecture.Arm64) => "libtorch-cpu-osx-arm64",
            (false, false, Architecture.X64) when !musl => "libtorch-cpu-linux-x64",
            _ => null, // no package helps; see the causes below
        };

        if (architecture is not (Architecture.X64 or Architecture.Arm64))
            causes.Add($"libtorch requires an x64 or arm64 process; this one is {architecture}. Build the application for x64 or "
                + "arm64.");
        if (mac && architecture == Architecture.X64)
            causes.Add("libtorch 2.10 no longer supports Macs with Intel processors. Train on another machine; "
                + "prediction works here, because it does not need libtorch.");
        if (!windows && !mac && architecture == Architecture.Arm64)
            causes.Add("There is no libtorch package for Linux on arm64. Train on x64; prediction works here, because it does "
                + "not need libtorch.");
        if (musl)
            causes.Add("libtorch requires glibc, but this is a musl system (Alpine). Use a Debian or Ubuntu image.");
        if (package is not null && !exists(library))
            causes.Add($"No backend: {library} is not in the folder of the application. Add a backend package to the application: "
                + $"dotnet add package {package} --version {AffectedVersions.LibTorch} (CPU, this system), "
                + "TorchSharp-cpu (CPU, every system, 1.2 GB) or a libtorch-cuda package of the same version.");
        if (MissingVersion().Match(loaderMessage) is { Success: true } missing)
            causes.Add($"A system library is too old: it lacks {missing.Groups[1].Value}. " + NewerSystem(missing.Groups[1].Value));
        if (windows && exists(library))
            causes.Add("On Windows, libtorch requires the Microsoft Visual C++ 2015-2022 runtime and a backend package of "
                + $"version {AffectedVersions.LibTorch} exactly (see dotnet/TorchSharp#1567).");
        if (causes.Count == 0)
            causes.Add("The system's loader rejected the backend, possibly because of a mixture of versions: "
                + $"TorchSharp {AffectedVersions.TorchSharp} requires {package} {AffectedVersions.LibTorch}.");

        var message = new StringBuilder("libtorch, which training needs, could not be loaded. Possible causes:");
        for (int i = 0; i < causes.Count; i++)
            message.AppendLine().Append($"  {i + 1}. {causes[i]}");
        message.AppendLine().Append("Folders searched: ").AppendJoin(", ", NativeLibraries.Folders());
        return message.AppendLine().Append("Message of the loader: ").Append(loaderMessage.Trim()).ToString();
    }

    /// <summary>The message if TorchSharp failed before this library was used; .NET does not initialize a class again.</summary>
    public static string ExplainEarlierFailure() =>
        "libtorch is loaded, but an earlier use of TorchSharp in this process failed, and it does not try again. Use "
        + "VisualSentiment before TorchSharp: loading the images or creating the pipeline is enough.";

    private static string NewerSystem(string version) => version switch
    {
        RelaxedShim.UnneededVersion => "TorchSharp requires it without need, but the patched copy could not be loaded from "
            + "memory. Allow memfd_create in this container, or use Debian 13, Ubuntu 24.04 or newer.",
        _ when version.StartsWith("GLIBCXX", StringComparison.Ordinal) =>
            "Install a newer libstdc++ (libstdc++6 from GCC 12 or later) or use Debian 12, Ubuntu 22.04 or newer.",
        _ => "Use Debian 12, Ubuntu 22.04 or newer.",
    };

    [GeneratedRegex(@"version [`'](GLIBC(?:XX)?_[\d.]+|CXXABI_[\d.]+)' not found")]
    private static partial Regex MissingVersion();
}
