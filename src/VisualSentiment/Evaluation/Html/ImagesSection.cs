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
        yield return Markup.Element("div", "gallery", images.Select(image => Card(image, content)));
    }

    private static XElement Card(TestedImage image, ReportContent content)
    {
        // With the folder of the class, because several classes often have files of the same name.
        string name = image.Path is { } path ? string.Join('/', path.Split('/', '\\').TakeLast(2)) : $"row {image.Row}";
        string predicted = content.Report.Classes[ArgMax.Of([.. image.Student])];
        Func<TestedImage, byte[]?> load = content.Options.LoadImage ?? (image => Thumbnail.ReadFile(image.Path));
        byte[]? encoded = null;
        XElement thumbnail = Thumbnail.Load(() => encoded = load(image), $"Image {name}, labeled {image.Label}");
        bool drawn = content.Options.LoadOverlay is null;
        byte[]? second = !drawn ? content.Options.LoadOverlay!(image)
            : encoded is null ? null : content.Report.DrawEvidence?.Invoke(encoded);
        XElement? overlay = second is null ? null
            : Thumbnail.Load(() => second, drawn ? $"Evidence for {predicted} in {name}" : $"Overlay of {name}");
        return new XElement("figure", new XAttribute("class", overlay is null ? "image" : "image wide"),
            Markup.Element("div", "images", thumbnail, overlay),
            new XElement("figcaption",
                Markup.Element("p", "file",
                    image.Path is null ? null : new XAttribute("title", image.Path), Markup.Name(name)),
                new XElement("p", "label ", new XElement("strong", Markup.Name(image.Label)), ", student predicts ",
                    new XElement("strong", Markup.Name(predicted)),
                    drawn && overlay is not null ? " (heat map: evidence for it)" : null),
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
