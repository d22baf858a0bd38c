using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Accuracy, speed and size of the networks side by side, if known.</summary>
internal static class CostSection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        (string Title, Func<ModelCost, string?> Value)[] values =
        [
            ("time per image", network => network.MillisecondsPerImage is { } time ? Format.Milliseconds(time) : null),
            ("file size", network => network.FileBytes is { } bytes ? Format.Megabytes(bytes) : null),
            ("parameters", network => network.Parameters is { } count ? Format.ShortCount(count) : null),
            ("multiply-adds per image",
                network => network.MultiplyAdds is { } count ? Format.ShortCount(count) : null),
            ("training time", network => network.TrainingTime is { } time ? Format.Duration(time) : null),
        ];
        ComparedModel[] models =
            [.. content.Models.Where(model => values.Any(row => row.Value(model.Cost) is not null))];
        var known = values.Where(row => models.Any(model => row.Value(model.Cost) is not null)).ToArray();
        if (known.Length == 0)
            yield break;
        yield return Markup.Table("Which model to use: accuracy, speed and size", "figures",
            ["", .. models.Select(model => model.Role)],
        [
            Markup.Row("accuracy",
                [.. models.Select(model => Markup.Cell(Format.Percent(model.Evaluation.Accuracy.Value)))]),
            .. known.Select(row =>
                Markup.Row(row.Title, [.. models.Select(model => Markup.Cell(row.Value(model.Cost) ?? "-"))])),
        ]);
    }
}
