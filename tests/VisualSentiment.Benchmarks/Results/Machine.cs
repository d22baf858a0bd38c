using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>The machine and the software that the figures were measured with.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGigabytes, string System, string Framework, string Libraries, double? LoadBefore)
{
    public static Machine Describe() => new(
        $"{ReadProcessor()}{(ReadGpu() is { } gpu ? $" with {gpu}" : "")}", Environment.ProcessorCount, Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9), RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        $"ML.NET {Version(typeof(MLContext))}, ONNX Runtime {Version(typeof(InferenceSession))}, TorchSharp {Version(typeof(torch))}, VisualSentiment {Version(typeof(SentimentDetector))}",
        ReadLoad());

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Processor}, {Cores} cores, {MemoryGigabytes:0} GB; {System}; {Framework}; {Libraries}{(LoadBefore is { } load ? $"; load average before the run {load:0.0}" : "")}");

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static string ReadProcessor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    /// <summary>The first NVIDIA GPU in /proc; null if there is none.</summary>
    public static string? ReadGpu()
    {
        const string Gpus = "/proc/driver/nvidia/gpus";
        if (!Directory.Exists(Gpus))
            return null;
        string? line = Directory.GetDirectories(Gpus).Order().Select(gpu => Path.Combine(gpu, "information")).Where(File.Exists)
            .SelectMany(File.ReadLines).FirstOrDefault(l => l.StartsWith("Model:", StringComparison.Ordinal));
        return line?.Split(':')[1].Trim();
    }

    private static double? ReadLoad()
    {
        const string Load = "/proc/loadavg";
        return File.Exists(Load) ? double.Parse(File.ReadAllText(Load).Split(' ')[0], CultureInfo.InvariantCulture) : null;
    }
}
