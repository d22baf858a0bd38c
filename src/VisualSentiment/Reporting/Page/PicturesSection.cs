using System.Xml.Linq;
using VisualSentiment.Scoring;

namespace VisualSentiment.Reporting.Page;

/// <summary>Pictures with what each model said of them.</summary>
/// <param name="title">The heading.</param>
/// <param name="explanation">Which pictures they are.</param>
/// <param name="select">Finds them.</param>
internal sealed class PicturesSection(string title, string explanation, Func<DistillationReport, IReadOnlyList<TestedPicture>> select) : IReportSection
{
    /// <summary>Besides the label, the classes that each of the models finds likeliest.</summary>
    private const int Likeliest = 2;

    public string Title => title;

    public IEnumerable<XElement> Render(ReportContent content)
    {
        TestedPicture[] pictures = [.. select(content.Report).Take(content.Options.MaxPictures)];
        if (pictures.Length == 0)
            yield break;
        yield return new XElement("p", explanation);
        yield return Html.Element("div", "pictures", pictures.Select(picture => Card(picture, content)));
    }

    private static XElement Card(TestedPicture picture, ReportContent content)
    {
        string name = picture.Path is { } path ? path[(path.LastIndexOfAny(['/', '\\']) + 1)..] : $"row {picture.Row}";
        XElement image = Thumbnail.Load(() => content.Options.LoadPicture is { } load ? load(picture) : Thumbnail.ReadFile(picture.Path), $"Picture {name}, labelled {picture.Label}");
        XElement? overlay = content.Options.LoadOverlay is { } loadOverlay && loadOverlay(picture) is { } second
            ? Thumbnail.Load(() => second, $"Overlay of {name}") : null;
        string winner = content.Report.Classes[ArgMax.Of([.. picture.Student])];
        return new XElement("figure", new XAttribute("class", overlay is null ? "picture" : "picture wide"),
            Html.Element("div", "images", image, overlay),
            new XElement("figcaption",
                Html.Element("p", "file", picture.Path is null ? null : new XAttribute("title", picture.Path), Html.Name(name)),
                new XElement("p", "label ", new XElement("strong", Html.Name(picture.Label)), ", student says ", new XElement("strong", Html.Name(winner))),
                Html.Element("p", "range", $"loss {Figures.Number(picture.Loss)}{(picture.Divergence is { } apart ? $", KL {Figures.Number(apart)}" : "")}")),
            Scores(picture, content, name));
    }

    private static XElement Scores(TestedPicture picture, ReportContent content, string name)
    {
        (ComparedModel Model, IReadOnlyList<float> Scores)[] spoke =
            [.. content.Models.Select(model => (model, Scores: model.Scores(picture))).Where(pair => pair.Scores is not null).Select(pair => (pair.model, pair.Scores!))];
        IReadOnlyList<string> classes = content.Report.Classes;
        int[] shown =
        [
            .. spoke.SelectMany(pair => Enumerable.Range(0, classes.Count).OrderByDescending(i => pair.Scores[i]).Take(Likeliest))
                .Concat(Enumerable.Range(0, classes.Count).Where(i => classes[i] == picture.Label))
                .Distinct().OrderByDescending(i => classes[i] == picture.Label).ThenByDescending(i => spoke.Max(pair => pair.Scores[i])),
        ];
        return Html.Table($"Probabilities in percent for {name}", "scores", ["class", .. spoke.Select(pair => pair.Model.Role)], shown.Select(i => (IEnumerable<XElement>)
        [
            Html.RowTitle(Html.Name(classes[i])),
            .. spoke.Select(pair => Html.Element("td", $"bar k{pair.Model.Color}", Html.Share(pair.Scores[i]), $"{Math.Round(100 * pair.Scores[i])}")),
        ]));
    }
}
