using System.Xml.Linq;
using VisualSentiment.Common;
using VisualSentiment.Scoring;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Pictures with the probabilities of each model.</summary>
internal static class PicturesSection
{
    /// <summary>Besides the label, the classes that each of the models finds likeliest.</summary>
    private const int Likeliest = 2;

    /// <param name="content">The content of the page.</param>
    /// <param name="explanation">How the pictures were selected.</param>
    /// <param name="examples">The pictures.</param>
    public static IEnumerable<XElement> Render(
        ReportContent content, string explanation, IReadOnlyList<TestedPicture> examples)
    {
        TestedPicture[] pictures = [.. examples.Take(content.Options.MaxPictures)];
        if (pictures.Length == 0)
            yield break;
        yield return new XElement("p", explanation);
        yield return Markup.Element("div", "pictures", pictures.Select(picture => Card(picture, content)));
    }

    private static XElement Card(TestedPicture picture, ReportContent content)
    {
        string name = picture.Path is { } path ? path[(path.LastIndexOfAny(['/', '\\']) + 1)..] : $"row {picture.Row}";
        XElement image = Thumbnail.Load(() => content.Options.LoadPicture is { } load ? load(picture) : Thumbnail.ReadFile(picture.Path), $"Picture {name}, labelled {picture.Label}");
        XElement? overlay = content.Options.LoadOverlay is { } loadOverlay && loadOverlay(picture) is { } second
            ? Thumbnail.Load(() => second, $"Overlay of {name}") : null;
        string winner = content.Report.Classes[ArgMax.Of([.. picture.Student])];
        return new XElement("figure", new XAttribute("class", overlay is null ? "picture" : "picture wide"),
            Markup.Element("div", "images", image, overlay),
            new XElement("figcaption",
                Markup.Element("p", "file", picture.Path is null ? null : new XAttribute("title", picture.Path), Markup.Name(name)),
                new XElement("p", "label ", new XElement("strong", Markup.Name(picture.Label)), ", student predicts ", new XElement("strong", Markup.Name(winner))),
                Markup.Element("p", "range", $"loss {Format.Number(picture.Loss)}{(picture.Divergence is { } apart ? $", KL {Format.Number(apart)}" : "")}")),
            Scores(picture, content, name));
    }

    private static XElement Scores(TestedPicture picture, ReportContent content, string name)
    {
        (ComparedModel Model, IReadOnlyList<float> Scores)[] scored =
            [.. content.Models.Select(model => (model, Scores: model.Scores(picture))).Where(pair => pair.Scores is not null).Select(pair => (pair.model, pair.Scores!))];
        IReadOnlyList<string> classes = content.Report.Classes;
        int[] shown =
        [
            .. scored.SelectMany(pair => Enumerable.Range(0, classes.Count).OrderByDescending(i => pair.Scores[i]).Take(Likeliest))
                .Concat(Enumerable.Range(0, classes.Count).Where(i => classes[i] == picture.Label))
                .Distinct().OrderByDescending(i => classes[i] == picture.Label).ThenByDescending(i => scored.Max(pair => pair.Scores[i])),
        ];
        return Markup.Table($"Probabilities in percent for {name}", "scores", ["class", .. scored.Select(pair => pair.Model.Role)], shown.Select(i => (IEnumerable<XElement>)
        [
            Markup.RowTitle(Markup.Name(classes[i])),
            .. scored.Select(pair => Markup.Element("td", $"bar k{pair.Model.Color}", Markup.Share(pair.Scores[i]), $"{Math.Round(100 * pair.Scores[i])}")),
        ]));
    }
}
