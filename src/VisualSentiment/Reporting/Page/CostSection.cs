using System.Globalization;
using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>Size and speed of the networks, as far as they were given.</summary>
internal sealed class CostSection : IReportSection
{
    private const string None = "-";

    public string Title => "Speed and size";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        (string Title, Func<NetworkFigures, string?> Figure)[] figures =
        [
            ("parameters", network => network.Parameters is { } count ? Figures.Count(count) : null),
            ("multiply-adds a picture", network => network.MultiplyAdds is { } count ? Short(count) : null),
            ("file", network => network.FileBytes is { } bytes ? $"{Short(bytes)}B" : null),
            ("a picture", network => network.MillisecondsPerPicture is { } time ? $"{time.ToString(time < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture)} ms" : null),
            ("training", network => network.TrainingTime is { } time ? $"{time.TotalSeconds.ToString("#,0", CultureInfo.InvariantCulture)} s" : null),
        ];
        var known = figures.Where(figure => content.Models.Any(model => figure.Figure(model.Figures) is not null)).ToArray();
        if (known.Length == 0)
            yield break;
        yield return Html.Table("Speed and size of the networks", "figures", ["", .. content.Models.Select(model => model.Role)],
        [
            .. content.Models.Any(model => model.Figures.Name is not null)
                ? [[Html.RowTitle("network"), .. content.Models.Select(model => Html.Cell(Html.Name(model.Name)))]] : Array.Empty<IEnumerable<XElement>>(),
            .. known.Select(figure => (IEnumerable<XElement>)[Html.RowTitle(figure.Title), .. content.Models.Select(model => Html.Cell(figure.Figure(model.Figures) ?? None))]),
        ]);
        if (content.Options.SpeedNote is { } note)
            yield return Html.Element("p", "range", note);
    }

    private static string Short(double count) => count switch
    {
        >= 1e9 => $"{(count / 1e9).ToString("0.00", CultureInfo.InvariantCulture)} G",
        >= 1e6 => $"{(count / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} M",
        >= 1e3 => $"{(count / 1e3).ToString("0", CultureInfo.InvariantCulture)} k",
        _ => $"{count.ToString("0", CultureInfo.InvariantCulture)} ",
    };
}
