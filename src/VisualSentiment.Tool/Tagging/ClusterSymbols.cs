using System.CommandLine;
using System.CommandLine.Parsing;
using VisualSentiment.Tool.Commands;

namespace VisualSentiment.Tool.Tagging;

/// <summary>The options of <c>tag</c> that turn on a cluster, and their combinations with the other ones.</summary>
internal sealed class ClusterSymbols
{
    private const string Local = "local";

    public Option<string?> Cluster { get; } = new Option<string?>("--cluster")
    {
        Description = "Tag in parts on a cluster: local is a cluster of this process.",
        HelpName = "NAME",
    }.AcceptOnlyFromAmong(Local);

    public Option<int> ShardSize { get; } = new Option<int>("--shard-size")
    {
        Description = "The number of images per part and result file; requires --cluster.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    }.Require(size => size is >= 1 and <= TaggingJobOptions.MaxShardSize,
        $"from 1 to {TaggingJobOptions.MaxShardSize}");

    public bool IsUsed(ParseResult result) => result.GetValue(Cluster) is not null;

    /// <summary>Returns the formats on the command line, or the default.</summary>
    public string[] FormatsOf(ParseResult result, Option<string[]> format) => IsGiven(result.GetResult(format))
        ? [.. result.GetRequiredValue(format).Distinct()] : [IsUsed(result) ? TagTable.JsonLines : TagTable.Csv];

    /// <summary>Reports options that exclude each other.</summary>
    /// <param name="command">The command.</param>
    /// <param name="format">The option of the formats.</param>
    /// <param name="others">Options that a cluster does not have.</param>
    public void AddTo(Command command, Option<string[]> format, params Option[] others)
    {
        command.Add(Cluster);
        command.Add(ShardSize);
        command.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Children.Any(child => child.Errors.Any()))
                return;
            string[] formats = IsGiven(result.GetResult(format)) ? [.. result.GetValue(format)!.Distinct()] : [];
            if (result.GetValue(Cluster) is null)
            {
                if (IsGiven(result.GetResult(ShardSize)))
                    result.AddError($"{ShardSize.Name} requires {Cluster.Name}.");
                if (formats.Contains(TagTable.Parquet))
                    result.AddError($"{format.Name} {TagTable.Parquet} requires {Cluster.Name}.");
                return;
            }
            List<string> refused =
                [.. others.Where(option => IsGiven(result.GetResult(option))).Select(option => option.Name)];
            if (formats.Contains(TagTable.Csv) || formats.Length > 1)
                refused.Add($"{format.Name} {string.Join(' ', formats)}");
            if (refused.Count > 0)
                result.AddError($"{Cluster.Name} cannot be combined with {string.Join(", ", refused)}.");
        });
    }

    private static bool IsGiven(OptionResult? result) => result is { Implicit: false };
}
