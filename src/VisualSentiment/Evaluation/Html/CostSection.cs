using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Size and speed of the networks, if known.</summary>
internal static class CostSection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        (string Title, Func<ModelCost, string?> Value)[] values =
        [
            ("parameters", network => network.Parameters is { } count ? Format.Count(count) : null),
            ("multiply-adds per image", network => network.MultiplyAdds is { } count ? Short(count) : null),
            ("file size", network => network.FileBytes is { } bytes ? $"{Short(bytes)}B" : null),
            ("time per image", network => network.MillisecondsPerImage is { } time
                ? $"{Number(time, time < 10 ? "0.00" : "0.0")} ms" : null),
            ("training time", network => network.TrainingTime is { TotalSeconds: var time } ? $"{Format.Count(time)} s"
                : null),
        ];
        var known = values.Where(row => content.Models.Any(model => row.Value(model.Cost) is not null)).ToArray();
        if (known.Length == 0)
            yield break;
        yield return Markup.Table("Speed and size of the networks", "figures",
            ["", .. content.Models.Select(model => model.Role)],
        [
            .. content.Models.Any(model => model.Cost.Name is not null)
                ? [Markup.Row("network",
                    [.. content.Models.Select(model => Markup.Cell(Markup.Name(model.Cost.Name ?? model.Role)))])]
                : Array.Empty<IEnumerable<XElement>>(),
            .. known.Select(row =>
                Markup.Row(row.Title, [.. content.Models.Select(model => Markup.Cell(row.Value(model.Cost) ?? "-"))])),
        ]);
    }

    private static string Short(double count) => count switch
    {
        >= 1e9 => $"{Number(count / 1e9, "0.00")} G",
        >= 1e6 => $"{Number(count / 1e6, "0.0")} M",
        >= 1e3 => $"{Number(count / 1e3, "0")} k",
        _ => $"{Number(count, "0")} ",
    };

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
