using System.CommandLine;
using VisualSentiment.Benchmarks.Benchmarks;
using VisualSentiment.Benchmarks.Cluster;
using VisualSentiment.Benchmarks.FewLabels;
using VisualSentiment.Benchmarks.Fuzzing;
using VisualSentiment.Benchmarks.Load;
using VisualSentiment.Benchmarks.Micro;
using VisualSentiment.Fuzzing;

namespace VisualSentiment.Benchmarks;

/// <summary>The options of the runner.</summary>
internal static class RunnerCommand
{
    public static RootCommand Create()
    {
        string formats = string.Join(", ", FuzzFormat.All.Select(format => format.Name));
        string names = string.Join(", ", BenchmarkList.All.Select(b => b.Name));
        Option<bool> all = new("--all") { Description = "Run every benchmark and write the figures into docs/engineering/performance-log.md." };
        Option<string[]> only = new("--only") { Description = $"Run only these benchmarks: {names}.", AllowMultipleArgumentsPerToken = true };
        Option<bool> quick = new("--quick") { Description = "Use few images and repeats. This checks that everything runs; the figures mean little." };
        Option<bool> list = new("--list") { Description = "List the benchmarks." };
        Option<bool> micro = new("--micro") { Description = "Run the micro-benchmarks with BenchmarkDotNet instead." };
        Option<string[]> fuzz = new("--fuzz")
        {
            Description = $"Read mutated files instead, of all formats or of these: {formats}.",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<long> mutations = new("--mutations")
        {
            Description = "The number of mutations per format, with --fuzz.",
            DefaultValueFactory = _ => 100_000,
        };
        Option<int> seed = new("--seed")
        {
            Description = "The seed of the mutations of --fuzz, or of the folds of --few-labels.",
            DefaultValueFactory = _ => 1,
        };
        Option<string?> replay = new("--replay") { Description = "Read one file that --fuzz wrote." };
        Option<bool> load = new("--load")
        {
            Description = "Upload images to the sample WebDetector from 200 clients instead, while its model file is replaced.",
        };
        Option<int> seconds = new("--seconds") { Description = "The duration of --load.", DefaultValueFactory = _ => 60 };
        Option<bool> cluster = new("--cluster")
        {
            Description = "Tag images on three silos of the sample ClusterTagger with PostgreSQL instead.",
        };
        Option<int> images = new("--images") { Description = "The number of images of --cluster.", DefaultValueFactory = _ => 100_000 };
        Option<bool> fewLabels = new("--few-labels")
        {
            Description = "Distill on a fifth of the labels instead, with and without the other images as unlabeled ones.",
        };
        Option<string?> data = new("--data") { Description = "A folder of labeled images, in any layout that LoadImageFolder reads. [default: ../shared/data/emotion6 beside the repository; painted images if it is missing]" };
        Option<string?> output = new("--output")
        {
            Description = "The folder for results.json and the plots, or for the findings of --fuzz. "
                + "[default: output/benchmarks, output/fuzz or output/few-labels]",
        };
        Option<bool> add = new("--add") { Description = "Keep the results of other benchmarks in results.json. The page names the run of each result." };
        Option<string?> page = new("--page") { Description = "The Markdown page to write the figures into. [default: docs/engineering/performance-log.md with --all, none otherwise]" };

        RootCommand command = new("Compares the speed of the library with the usual alternatives. Exits with code 1 if a benchmark fails.")
        {
            all, only, quick, list, micro, fuzz, mutations, seed, replay, load, seconds, cluster, images, fewLabels, data, output, add, page,
        };
        only.Validators.Add(result =>
        {
            string[] unknown = [.. result.Tokens.Select(t => t.Value).Where(name => BenchmarkList.All.All(b => b.Name != name))];
            if (unknown.Length > 0)
                result.AddError($"Unknown benchmark: {string.Join(", ", unknown)}. The benchmarks are {names}.");
        });
        fuzz.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => FuzzFormat.All.All(format => format.Name != token.Value)))
                result.AddError($"Unknown format: {token.Value}. The formats are {formats}.");
        });
        command.Validators.Add(result =>
        {
            bool[] actions = [
                result.GetValue(all), result.GetValue(list), result.GetValue(micro), result.GetValue(load), result.GetValue(cluster), result.GetValue(fewLabels), result.GetValue(only) is { Length: > 0 },
                result.GetResult(fuzz) is { Implicit: false }, result.GetValue(replay) is not null];
            if (actions.Count(a => a) > 1 || (!actions.Any(a => a) && !result.GetValue(quick)))
                result.AddError("Pass one of --all, --only, --list, --micro, --fuzz, --replay, --load, --cluster and --few-labels, or --quick.");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(fewLabels) && result.GetValue(data) is null)
                result.AddError("--few-labels requires --data.");
        });
        command.SetAction((result, cancellation) => Task.Run(() =>
        {
            string folder = result.GetValue(output) ?? Path.Combine("output", "benchmarks");
            if (result.GetValue(list))
                return Runner.List();
            if (result.GetValue(micro))
                return MicroBenchmarks.Run(folder);
            if (result.GetValue(load))
                return LoadRun.Run(new LoadSettings(result.GetValue(seconds), result.GetValue(data)), cancellation);
            if (result.GetValue(cluster))
                return ClusterRun.Run(result.GetValue(images), result.GetValue(data), cancellation);
            if (result.GetValue(fewLabels))
                return FewLabelsRun.Run(result.GetValue(data)!, result.GetValue(seed),
                    result.GetValue(output) ?? Path.Combine("output", "few-labels"), cancellation);
            if (result.GetValue(replay) is { } file)
                return FuzzRunner.Replay(file);
            if (result.GetResult(fuzz) is { Implicit: false })
            {
                string[] named = result.GetValue(fuzz) ?? [];
                string[] chosenFormats = named.Length > 0 ? named : [.. FuzzFormat.All.Select(format => format.Name)];
                return FuzzRunner.Run(new FuzzSettings(chosenFormats, result.GetValue(mutations), result.GetValue(seed),
                    result.GetValue(output) ?? Path.Combine("output", "fuzz")), cancellation);
            }
            string[] chosen = result.GetValue(only) ?? [];
            bool isQuick = result.GetValue(quick);
            return Runner.Run(new RunnerSettings
            {
                Only = chosen,
                Quick = isQuick,
                Data = result.GetValue(data),
                Output = folder,
                Add = result.GetValue(add),
                Page = result.GetValue(page) ?? (result.GetValue(all) && !isQuick ? Path.Combine("docs", "engineering", "performance-log.md") : null),
            }, cancellation);
        }, CancellationToken.None));
        return command;
    }
}
