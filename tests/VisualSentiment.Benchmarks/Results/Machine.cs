using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>What the figures were measured on.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGigabytes, string System, string Framework, string Libraries, double? LoadBefore)
{
    public static Machine Describe() => new(
        ReadProcessor(), Environment.ProcessorCount, Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9), RuntimeInformation.OSDescription,
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

    private static double? ReadLoad()
    {
        const string Load = "/proc/loadavg";
        return File.Exists(Load) ? double.Parse(File.ReadAllText(Load).Split(' ')[0], CultureInfo.InvariantCulture) : null;
    }
}
