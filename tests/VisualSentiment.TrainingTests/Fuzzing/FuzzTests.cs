using System.Diagnostics;
using VisualSentiment.Fuzzing;

namespace VisualSentiment.Tests.Fuzzing;

/// <summary>
/// A second of mutated files for each format. <c>VisualSentiment.Benchmarks --fuzz</c> runs as many as are wanted,
/// in processes of their own that are watched for crashes and memory, too.
/// </summary>
[Trait("Category", "Fuzz")]
public class FuzzTests
{
    private const int Seed = 1;

    private static readonly TimeSpan BudgetPerFormat = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Formats => [.. FuzzFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Mutated_files_are_read_or_refused_as_documented(string name)
    {
        var format = FuzzFormat.Find(name);
        IReadOnlyList<byte[]> seeds = format.CreateSeeds();
        long index = 0;
        TimeSpan started = default;
        var findings = new List<string>();
        // On a thread of its own, so that an input that never ends fails the test.
        var work = Task.Factory.StartNew(() =>
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < BudgetPerFormat; index++)
            {
                byte[] input = FuzzInput.Create(format, seeds, Seed, index);
                started = Environment.CpuUsage.TotalTime;
                if (FuzzRun.Run(format, input).Finding is { } finding)
                    findings.Add($"{name} {index}: {finding}");
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        while (await Task.WhenAny(work, Task.Delay(100, TestContext.Current.CancellationToken)) != work)
            if (started > TimeSpan.Zero)
                Assert.True(Environment.CpuUsage.TotalTime - started < 4 * FuzzRun.MaxProcessor, $"{name} {index} hangs");
        await work;
        Assert.True(findings.Count == 0, $"{findings.Count} of {index}, such as\n{string.Join('\n', findings.Take(20))}");
        Assert.True(index > 0);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Seeds_are_valid_and_mutations_are_the_same_every_time(string name)
    {
        var format = FuzzFormat.Find(name);
        IReadOnlyList<byte[]> seeds = format.CreateSeeds();

        Assert.All(seeds, seed => format.Read(seed));
        Assert.Equal(seeds, format.CreateSeeds());
        for (int i = 0; i < 50; i++)
            Assert.Equal(FuzzInput.Create(format, seeds, Seed, i), FuzzInput.Create(format, seeds, Seed, i));
        Assert.NotEqual(FuzzInput.Create(format, seeds, Seed, 0), FuzzInput.Create(format, seeds, Seed + 1, 0));
    }
}
