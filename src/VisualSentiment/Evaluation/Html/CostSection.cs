using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Size and speed of the networks, as far as they are known.</summary>
internal static class CostSection
{
    private const string None = "-";

    public static IEnumerable<XElement> Render(ReportContent content)
    {
        (string Title, Func<ModelCost, string?> Value)[] values =
        [
            ("parameters", network => network.Parameters is { } count ? Format.Count(count) : null),
            ("multiply-adds per image", network => network.MultiplyAdds is { } count ? Short(count) : null),
            ("file size", network => network.FileBytes is { } bytes ? $"{Short(bytes)}B" : null),
            ("time per image", network => network.MillisecondsPerImage is { } time ? $"{time.ToString(time < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture)} ms" : null),
            ("training time", network => network.TrainingTime is { } time ? $"{time.TotalSeconds.ToString("#,0", CultureInfo.InvariantCulture)} s" : null),
        ];
        var known = values.Where(row => content.Models.Any(model => row.Value(model.Cost) is not null)).ToArray();
        if (known.Length == 0)
            yield break;
        yield return Markup.Table("Speed and size of the networks", "figures", ["", .. content.Models.Select(model => model.Role)],
        [
            .. content.Models.Any(model => model.Cost.Name is not null)
                ? [[Markup.RowTitle("network"), .. content.Models.Select(model => Markup.Cell(Markup.Name(model.Name)))]] : Array.Empty<IEnumerable<XElement>>(),
            .. known.Select(row => (IEnumerable<XElement>)[Markup.RowTitle(row.Title), .. content.Models.Select(model => Markup.Cell(row.Value(model.Cost) ?? None))]),
        ]);
    }

    private static string Short(double count) => count switch
    {
        >= 1e9 => $"{(count / 1e9).ToString("0.00", CultureInfo.InvariantCulture)} G",
        >= 1e6 => $"{(count / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} M",
        >= 1e3 => $"{(count / 1e3).ToString("0", CultureInfo.InvariantCulture)} k",
        _ => $"{count.ToString("0", CultureInfo.InvariantCulture)} ",
    };
}
