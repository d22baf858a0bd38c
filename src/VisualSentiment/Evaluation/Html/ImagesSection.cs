using System.Xml.Linq;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Images with the probabilities of each model.</summary>
internal static class ImagesSection
{
    /// <summary>The number of most probable classes of each model that are shown besides the label.</summary>
    private const int TopClasses = 2;

    /// <param name="content">The content of the page.</param>
    /// <param name="explanation">How the images were selected.</param>
    /// <param name="examples">The images.</param>
    public static IEnumerable<XElement> Render(ReportContent content, string explanation,
        IReadOnlyList<TestedImage> examples)
    {
        TestedImage[] images = [.. examples.Take(content.Options.MaxImages)];
        if (images.Length == 0)
            yield break;
        yield return new XElement("p", explanation);
        yield return Markup.Element("div", "images", images.Select(image => Card(image, content)));
    }

    private static XElement Card(TestedImage image, ReportContent content)
    {
        string name = image.Path is { } path ? path[(path.LastIndexOfAny(['/', '\\']) + 1)..] : $"row {image.Row}";
        Func<TestedImage, byte[]?> load = content.Options.LoadImage ?? (image => Thumbnail.ReadFile(image.Path));
        XElement thumbnail = Thumbnail.Load(() => load(image), $"Image {name}, labeled {image.Label}");
        XElement? overlay = content.Options.LoadOverlay?.Invoke(image) is { } second
            ? Thumbnail.Load(() => second, $"Overlay of {name}") : null;
        string predicted = content.Report.Classes[ArgMax.Of([.. image.Student])];
        return new XElement("figure", new XAttribute("class", overlay is null ? "image" : "image wide"),
            Markup.Element("div", "images", thumbnail, overlay),
            new XElement("figcaption",
                Markup.Element("p", "file",
                    image.Path is null ? null : new XAttribute("title", image.Path), Markup.Name(name)),
                new XElement("p", "label ", new XElement("strong", Markup.Name(image.Label)), ", student predicts ",
                    new XElement("strong", Markup.Name(predicted))),
                Markup.Element("p", "range", $"loss {Format.Number(image.Loss)}",
                    image.Divergence is { } divergence ? $", KL {Format.Number(divergence)}" : null)),
            Scores(image, content, name));
    }

    private static XElement Scores(TestedImage image, ReportContent content, string name)
    {
        (ComparedModel Model, IReadOnlyList<float> Scores)[] scored =
            [.. content.Models.Select(model => (model, Scores: model.Scores(image)))
                .Where(pair => pair.Scores is not null).Select(pair => (pair.model, pair.Scores!))];
        IReadOnlyList<string> classes = content.Report.Classes;
        int[] all = [.. Enumerable.Range(0, classes.Count)];
        IEnumerable<int> shown = scored.SelectMany(pair => all.OrderByDescending(i => pair.Scores[i]).Take(TopClasses))
            .Concat(all.Where(i => classes[i] == image.Label)).Distinct()
            .OrderByDescending(i => classes[i] == image.Label)
            .ThenByDescending(i => scored.Max(pair => pair.Scores[i]));
        return Markup.Table($"Probabilities in percent for {name}", "scores",
            ["class", .. scored.Select(pair => pair.Model.Role)],
            shown.Select(i => Markup.Row(Markup.Name(classes[i]),
                [.. scored.Select(pair => Markup.Element("td", $"bar k{pair.Model.Color}",
                Markup.Share(pair.Scores[i]), $"{Math.Round(100 * pair.Scores[i])}"))])));
    }
}
