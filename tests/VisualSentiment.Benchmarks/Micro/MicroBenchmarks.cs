using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>The benchmarks of single operations and their allocations with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs all of them in this process, so that libtorch and ONNX Runtime are loaded once and nothing is built.</summary>
    public static int Run(string output)
    {
        var config = new ManualConfig()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.GetFullPath(Path.Combine(output, "micro")))
            .WithOptions(ConfigOptions.JoinSummary);
        using var files = MicroFiles.Create();
        var summaries = BenchmarkRunner.Run([typeof(Preprocessing), typeof(OneImage), typeof(Inference), typeof(Losses)], config);
        return summaries.All(s => s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
