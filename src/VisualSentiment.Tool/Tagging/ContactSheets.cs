using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Html;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>Writes one HTML page per tag, with thumbnails of the images with the highest confidence.</summary>
internal sealed class ContactSheets(ImageTree tree, string output)
{
    private const string FolderName = "contact-sheets", Extension = ".html";
    private const int MaxImages = 200;

    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private const string Style = """
        :root { color-scheme: light dark; --line: #8885; --bar: #4477aa; }
        body { margin: 0 auto; max-width: 90rem; padding: 1rem 1.5rem 3rem; font: 1rem/1.4 system-ui, sans-serif; }
        h1 { margin: 1rem 0 .25rem; font-size: 1.7rem; }
        nav { display: flex; flex-wrap: wrap; gap: .4rem; }
        nav a, nav strong { padding: .2rem .7rem; border: 1px solid var(--line); border-radius: 1rem; }
        nav strong { background: var(--line); }
        nav a { color: inherit; text-decoration: none; }
        nav a:hover, nav a:focus-visible { background: #8882; }
        nav span { opacity: .7; font-variant-numeric: tabular-nums; }
        ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; padding: 0;
            list-style: none; }
        li { min-width: 0; }
        li > a { display: block; background: #8883; border-radius: .4rem; overflow: hidden; }
        img, .missing { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; }
        .missing { box-sizing: border-box; padding: .5rem; font-size: .85rem; overflow-wrap: anywhere; }
        .file { display: block; margin-top: .3rem; overflow: hidden; font-size: .85rem; text-overflow: ellipsis;
            white-space: nowrap; }
        .confidence { display: flex; align-items: center; gap: .5rem; font-size: .85rem;
            font-variant-numeric: tabular-nums; }
        .confidence i { flex: 1; height: .35rem; border-radius: .2rem;
            background: linear-gradient(90deg, var(--bar) var(--v), #8883 var(--v)); }
        """;

    private readonly string _folder = Path.Combine(output, FolderName);

    /// <summary>Writes the pages, and deletes pages of tags that no longer exist.</summary>
    /// <param name="tags">The tags, in the order of their links.</param>
    /// <param name="images">The images of each tag.</param>
    /// <returns>A description for the list of written files.</returns>
    public string Write(IEnumerable<string> tags, ILookup<string, (string Name, float Confidence)> images)
    {
        Directory.CreateDirectory(_folder);
        OrderedDictionary<string, string> files = FileNames(tags);
        foreach (var (tag, file) in files)
            OutputFile.Write(Path.Combine(_folder, file), unfinished =>
            {
                using FileStream stream = File.Create(unfinished);
                Markup.WritePage(stream, Page(tag, files, images));
            });
        foreach (string page in Directory.GetFiles(_folder, "*" + Extension))
            if (!files.ContainsValue(Path.GetFileName(page)))
                File.Delete(page);
        return $"{FolderName}/ ({files.Count} pages)";
    }

    private static OrderedDictionary<string, string> FileNames(IEnumerable<string> tags)
    {
        OrderedDictionary<string, string> files = new(StringComparer.Ordinal);
        HashSet<string> used = new(StringComparer.OrdinalIgnoreCase);
        foreach (string tag in tags)
        {
            // The name of a class may contain characters that are invalid in file names.
            string stem = string.Join('_', tag.Split(Path.GetInvalidFileNameChars())), name = stem;
            for (int i = 2; !used.Add(name); i++)
                name = $"{stem}-{i}";
            files[tag] = name + Extension;
        }
        return files;
    }

    private XElement Page(string tag, OrderedDictionary<string, string> files,
        ILookup<string, (string Name, float Confidence)> images)
    {
        var shown = images[tag].OrderByDescending(image => image.Confidence).Take(MaxImages).ToArray();
        int count = images[tag].Count();
        string summary = count > shown.Length
            ? string.Create(CultureInfo.InvariantCulture,
                $"The {shown.Length:N0} images with the highest confidence, of {count:N0}.")
            : string.Create(CultureInfo.InvariantCulture, $"{count:N0} images, the highest confidence first.");
        return new XElement("html", new XAttribute("lang", "en"),
            new XElement("head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"),
                    new XAttribute("content", Policy)),
                new XElement("meta", new XAttribute("name", "viewport"),
                    new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("title", $"{tag} - {Path.GetFileName(tree.Folder)}"),
                new XElement("style", Style)),
            new XElement("body",
                new XElement("nav", new XAttribute("aria-label", "Tags"),
                    files.Select(page => Link(page.Key, page.Value, images[page.Key].Count(), page.Key == tag))),
                new XElement("main",
                    new XElement("h1", Markup.Name(tag)),
                    new XElement("p", count == 0 ? "No images." : summary),
                    new XElement("ol", shown.AsParallel().AsOrdered().Select(Card).ToArray()))));
    }

    private static XElement Link(string tag, string file, int images, bool isCurrent)
    {
        object[] text =
            [Markup.Name(tag), " ", new XElement("span", images.ToString("N0", CultureInfo.InvariantCulture))];
        return isCurrent ? new XElement("strong", new XAttribute("aria-current", "page"), text)
            : new XElement("a", new XAttribute("href", Uri.EscapeDataString(file)), text);
    }

    private XElement Card((string Name, float Confidence) image)
    {
        string path = tree.PathOf(image.Name);
        // On another drive of Windows, the path is not relative.
        string target = Path.GetRelativePath(_folder, path);
        string link = Path.IsPathRooted(target) ? new Uri(path).AbsoluteUri : string.Join('/',
            target.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
        return new XElement("li",
            new XElement("a", new XAttribute("href", link),
                Thumbnail.Load(() => Thumbnail.ReadFile(path), image.Name)),
            Markup.Element("span", "file", new XAttribute("title", image.Name), Markup.Name(image.Name)),
            Markup.Element("span", "confidence",
                new XElement("i", new XAttribute("style",
                    string.Create(CultureInfo.InvariantCulture, $"--v:{image.Confidence:0.#%}"))),
                string.Create(CultureInfo.InvariantCulture, $"{image.Confidence:0.0%}")));
    }
}
