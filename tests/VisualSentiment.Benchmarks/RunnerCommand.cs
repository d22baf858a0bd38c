using System.CommandLine;
using VisualSentiment.Benchmarks.Benchmarks;
using VisualSentiment.Benchmarks.Fuzzing;
using VisualSentiment.Benchmarks.Micro;
using VisualSentiment.Fuzzing;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Benchmarks;

/// <summary>The options of the runner.</summary>
internal static class RunnerCommand
{
    public static RootCommand Create()
    {
        string formats = string.Join(", ", FuzzFormat.All.Select(format => format.Name));
        string names = string.Join(", ", BenchmarkList.All.Select(b => b.Name));
        Option<bool> all = new("--all") { Description = "Run every benchmark and write the figures into docs/engineering/performance-log.md." };
        Option<string[]> only = new("--only") { Description = $"Run these benchmarks alone: {names}.", AllowMultipleArgumentsPerToken = true };
        Option<bool> quick = new("--quick") { Description = "Few images and repeats, to see that everything runs; the figures mean little." };
        Option<bool> list = new("--list") { Description = "List the benchmarks." };
        Option<bool> micro = new("--micro") { Description = "Run the micro-benchmarks with BenchmarkDotNet instead." };
        Option<string[]> fuzz = new("--fuzz")
        {
            Description = $"Read mutated files instead, in all formats or in these: {formats}.",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<long> mutations = new("--mutations")
        {
            Description = "Mutations of each format, with --fuzz.",
            DefaultValueFactory = _ => 100_000,
        };
        Option<int> seed = new("--seed")
        {
            Description = "Decides the mutations of --fuzz.",
            DefaultValueFactory = _ => 1,
        };
        Option<string?> replay = new("--replay") { Description = "Read a file that --fuzz wrote again." };
        Option<string?> data = new("--data") { Description = "Labeled images, in any layout that LoadImageFolder reads. [default: ../shared/data/emotion6 beside the repository; where that is missing, painted images]" };
        Option<string?> output = new("--output")
        {
            Description = "Where results.json and the plots go, or the findings of --fuzz. "
                + "[default: output/benchmarks, or output/fuzz]",
        };
        Option<bool> add = new("--add") { Description = "Keep the results of other benchmarks that results.json in the output folder holds: these join them, and the page says which run each comes from." };
        Option<string?> page = new("--page") { Description = "The page that gets the figures. [default: docs/engineering/performance-log.md with --all, none otherwise]" };

        RootCommand command = new("Measures the library against what one would otherwise do. Exits with 1 if a benchmark could not be run; a bar that is missed is no error.")
        {
            all, only, quick, list, micro, fuzz, mutations, seed, replay, data, output, add, page,
        };
        only.Validators.Add(result =>
        {
            string[] unknown = [.. result.Tokens.Select(t => t.Value).Where(name => BenchmarkList.All.All(b => b.Name != name))];
            if (unknown.Length > 0)
                result.AddError($"There is no benchmark {string.Join(", ", unknown)}; there are {names}.");
        });
        fuzz.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => FuzzFormat.All.All(format => format.Name != token.Value)))
                result.AddError($"There is no format {token.Value}; there are {formats}.");
        });
        command.Validators.Add(result =>
        {
            bool[] asked = [
                result.GetValue(all), result.GetValue(list), result.GetValue(micro), result.GetValue(only) is { Length: > 0 },
                result.GetResult(fuzz) is { Implicit: false }, result.GetValue(replay) is not null];
            if (asked.Count(a => a) > 1 || (!asked.Any(a => a) && !result.GetValue(quick)))
                result.AddError("Give one of --all, --only, --list, --micro, --fuzz and --replay, or --quick.");
        });
        command.SetAction((result, cancellation) => Task.Run(() =>
        {
            string folder = result.GetValue(output) ?? Path.Combine("output", "benchmarks");
            if (result.GetValue(list))
                return Runner.List();
            if (result.GetValue(micro))
                return MicroBenchmarks.Run(folder);
            if (result.GetValue(replay) is { } file)
                return FuzzRunner.Replay(file);
            if (result.GetResult(fuzz) is { Implicit: false })
            {
                string[] given = result.GetValue(fuzz) ?? [];
                string[] read = given.Length > 0 ? given : [.. FuzzFormat.All.Select(format => format.Name)];
                return FuzzRunner.Run(new FuzzSettings(read, result.GetValue(mutations), result.GetValue(seed),
                    result.GetValue(output) ?? Path.Combine("output", "fuzz")), cancellation);
            }
            string[] chosen = result.GetValue(only) ?? [];
            bool quickly = result.GetValue(quick);
            return Runner.Run(new RunnerSettings
            {
                Only = chosen,
                Quick = quickly,
                Data = result.GetValue(data),
                Output = folder,
                Add = result.GetValue(add),
                Page = result.GetValue(page) ?? (result.GetValue(all) && !quickly ? Path.Combine("docs", "engineering", "performance-log.md") : null),
            }, cancellation);
        }, CancellationToken.None));
        return command;
    }
}
