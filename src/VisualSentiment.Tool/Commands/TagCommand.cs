using System.CommandLine;
using VisualSentiment.Tool.Tagging;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment tag</c>.</summary>
internal static class TagCommand
{
    public static Command Create()
    {
        var folder = Symbols.NoOption(new Argument<string>("FOLDER")
        {
            Description = "The folder of the images, which is searched with its subfolders.",
        });
        var model = Symbols.ModelOption();
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder for the results. A later run continues there.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "tags",
        };
        var format = new Option<string[]>("--format")
        {
            Description = "The format of the table: csv, jsonl or both; with --cluster, jsonl or parquet.",
            HelpName = "NAMES",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [TagTable.Csv],
        };
        format.AcceptOnlyFromAmong(TagTable.Csv, TagTable.JsonLines, TagTable.Parquet);
        var xmp = new Option<bool>("--xmp")
        {
            Description = "Write the emotion as a keyword to XMP sidecars, IMAGE.xmp. Existing sidecars are merged.",
        };
        var threshold = new Option<double>("--threshold")
        {
            Description = "The confidence, from 0 to 1, below which the tag is 'uncertain'.",
            HelpName = "CONFIDENCE",
        }.Require(confidence => confidence is >= 0 and <= 1, "from 0 to 1");
        var watch = new Option<bool>("--watch") { Description = "Tag new and changed images until Ctrl+C." };
        var contactSheet = new Option<bool>("--contact-sheet")
        {
            Description = "Write an HTML page with thumbnails per emotion.",
        };
        var cluster = new ClusterSymbols();
        Command command = new("tag", "Tags all images of a folder, and continues where an earlier run stopped.")
        {
            folder, model, output, format, xmp, threshold, watch, contactSheet,
        };
        cluster.AddTo(command, format, xmp, threshold, watch, contactSheet);
        command.SetGuardedAction((result, cancellation) =>
        {
            var settings = new TagSettings
            {
                Folder = result.GetRequiredValue(folder),
                Model = result.GetRequiredValue(model),
                Output = result.GetRequiredValue(output),
                Formats = cluster.FormatsOf(result, format),
                WritesSidecars = result.GetValue(xmp),
                Threshold = result.GetValue(threshold),
                Watches = result.GetValue(watch),
                WritesContactSheets = result.GetValue(contactSheet),
                ShardSize = result.GetValue(cluster.ShardSize),
            };
            if (cluster.IsUsed(result))
                return new ClusterTagging(settings, cancellation).Run();
            using var job = new TagJob(settings, cancellation);
            return job.Run();
        });
        return command;
    }
}
