using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using VisualSentiment.Data.Columns;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.LibTorch;

/// <summary>Works out why no libtorch could be loaded and what its user can do about it.</summary>
internal static partial class LibTorchDiagnosis
{
    /// <summary>The causes that apply here, numbered, each with its remedy, followed by the loader's own words.</summary>
    public static string Explain(string loaderMessage) =>
        Explain(loaderMessage, RuntimeInformation.RuntimeIdentifier, RuntimeInformation.ProcessArchitecture,
            name => NativeLibraries.Find(name) is not null);

    /// <summary>As above, with the system and its files given, for tests.</summary>
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
            _ => null, // no package would help; a cause below says why
        };

        if (architecture is not (Architecture.X64 or Architecture.Arm64))
            causes.Add($"libtorch exists for x64 and arm64 processes only; this one is {architecture}. Build the application "
                + "for x64 or arm64.");
        if (mac && architecture == Architecture.X64)
            causes.Add("libtorch 2.10 no longer supports Macs with Intel processors. Train on another machine; "
                + "predicting works here, because it needs no libtorch.");
        if (!windows && !mac && architecture == Architecture.Arm64)
            causes.Add("There is no libtorch package for Linux on arm64. Train on x64; predicting works here, because it "
                + "needs no libtorch.");
        if (musl)
            causes.Add("libtorch needs glibc; this is a musl system (Alpine). Use a Debian or Ubuntu image.");
        if (package is not null && !exists(library))
            causes.Add($"No backend: {library} is not among the application's files. Training needs one backend package, "
                + $"chosen by the application: dotnet add package {package} --version {AffectedVersions.LibTorch} (CPU, this system), "
                + "TorchSharp-cpu (CPU, every system, 1.2 GB) or a libtorch-cuda package of the same version.");
        if (MissingVersion().Match(loaderMessage) is { Success: true } missing)
            causes.Add($"A system library is too old: it lacks {missing.Groups[1].Value}. " + NewerSystem(missing.Groups[1].Value));
        if (windows && exists(library))
            causes.Add("On Windows, libtorch needs the Microsoft Visual C++ 2015-2022 runtime, and the backend package must be "
                + $"of exactly the version TorchSharp names, {AffectedVersions.LibTorch} (see dotnet/TorchSharp#1567).");
        if (causes.Count == 0)
            causes.Add("The backend is there but was refused by the system's loader. A mixture of versions does that: "
                + $"TorchSharp {AffectedVersions.TorchSharp} goes with {package} {AffectedVersions.LibTorch}.");

        var message = new StringBuilder("libtorch, which training needs, could not be loaded. What applies here:");
        for (int i = 0; i < causes.Count; i++)
            message.AppendLine().Append($"  {i + 1}. {causes[i]}");
        message.AppendLine().Append("Folders searched: ").AppendJoin(", ", NativeLibraries.Folders());
        return message.AppendLine().Append("The loader said: ").Append(loaderMessage.Trim()).ToString();
    }

    /// <summary>TorchSharp failed before this library could help it, and .NET starts no class a second time.</summary>
    public static string ExplainEarlierFailure() =>
        "libtorch is loaded, but TorchSharp was used earlier in this process, could not load it then, and does not try again. "
        + "Call VisualSentiment before the first use of TorchSharp: loading the images or creating the pipeline is enough.";

    private static string NewerSystem(string version) => version switch
    {
        RelaxedShim.NeedlessVersion => "TorchSharp names it without need, but the copy that does not could not be loaded from "
            + "memory. Allow memfd_create in this container, or use Debian 13, Ubuntu 24.04 or newer.",
        _ when version.StartsWith("GLIBCXX", StringComparison.Ordinal) =>
            "Install a newer libstdc++ (libstdc++6 from GCC 12 or later) or use Debian 12, Ubuntu 22.04 or newer.",
        _ => "Use Debian 12, Ubuntu 22.04 or newer.",
    };

    [GeneratedRegex(@"version [`'](GLIBC(?:XX)?_[\d.]+|CXXABI_[\d.]+)' not found")]
    private static partial Regex MissingVersion();
}
