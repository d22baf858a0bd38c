using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment info</c>.</summary>
internal static class InfoCommand
{
    private const string Input = "uint8 RGB [N, 224, 224, 3]";

    public static Command Create()
    {
        var model = Symbols.ModelArgument();
        var json = Symbols.Json("Write the description as JSON.");
        Command command = new("info", "Describes a model: classes, networks, settings, metrics and version.")
        {
            model, json,
        };
        command.SetGuardedAction((result, _) =>
        {
            string path = result.GetRequiredValue(model);
            using var detector = SentimentDetector.Load(path);
            if (result.GetValue(json))
                WriteJson(path, detector);
            else
                WriteTable(path, detector);
            return ExitCode.Success;
        });
        return command;
    }

    private static void WriteJson(string path, SentimentDetector detector)
    {
        SentimentModelInfo info = detector.Info;
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            File = path,
            FileBytes = new FileInfo(path).Length,
            detector.Classes,
            Input,
            ImageFit = info.ImageFit.ToString(),
            info.Student,
            info.Teacher,
            info.Recipe,
            info.Quantization,
            info.Settings,
            info.Metrics,
            info.LibraryVersion,
        }, OutputFile.Json));
    }

    private static void WriteTable(string path, SentimentDetector detector)
    {
        SentimentModelInfo info = detector.Info;
        Screen.Table(["property", "value"],
        [
            ["file", path],
            ["size", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(path).Length:N0} bytes")],
            ["classes", string.Join(", ", detector.Classes)],
            ["input", $"{Input}, {info.ImageFit}"],
            ["numbers", info.Quantization ?? "float32"],
            ["student", info.Student ?? "unknown"],
            ["teacher", info.Teacher ?? "none"],
            ["recipe", info.Recipe ?? "unknown"],
            .. Rows("setting", info.Settings.Where(setting => setting.Key != "student")),
            .. Rows("metric", info.Metrics),
            ["version", info.LibraryVersion ?? "unknown"],
        ], textColumns: 2);
    }

    private static IEnumerable<string[]> Rows(string kind, IEnumerable<KeyValuePair<string, string>> values) =>
        values.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (string[])[$"{kind}: {pair.Key.Replace('_', ' ')}", pair.Value]);
}
