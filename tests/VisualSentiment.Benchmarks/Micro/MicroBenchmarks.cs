using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>What BenchmarkDotNet measures: single operations, with their allocations.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs them all in this process: libtorch and ONNX Runtime are loaded once, and nothing has to be built.</summary>
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
