using System.Text;
using System.Xml;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Html;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>
/// Writes the emotion of an image as a keyword of its XMP sidecar, <c>photo.jpg.xmp</c>. Everything else in an existing
/// sidecar stays.
/// </summary>
internal static class XmpSidecar
{
    private const string Parent = "Emotion";
    private const int MaxCharacters = 1 << 26;

    private static readonly XNamespace Meta = "adobe:ns:meta/",
        Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", DublinCore = "http://purl.org/dc/elements/1.1/",
        Lightroom = "http://ns.adobe.com/lightroom/1.0/", DigiKam = "http://www.digikam.org/ns/1.0/";

    private static readonly XName Description = Rdf + "Description", Item = Rdf + "li", Bag = Rdf + "Bag";

    private static readonly XName[] Containers = [Bag, Rdf + "Seq", Rdf + "Alt"];

    public static string PathOf(string image) => image + ".xmp";

    /// <summary>Sets the emotion, which replaces an earlier one.</summary>
    /// <param name="image">The path of the image.</param>
    /// <param name="emotion">The emotion; null for none.</param>
    /// <exception cref="InvalidDataException">The sidecar is not XMP. It is not changed.</exception>
    /// <exception cref="IOException">The sidecar cannot be read or written.</exception>
    public static void SetEmotion(string image, string? emotion)
    {
        string path = PathOf(image);
        bool exists = File.Exists(path);
        if (!exists && emotion is null)
            return;
        XDocument sidecar = exists ? Load(path) : Create();
        var before = new XDocument(sidecar);
        SetEmotion(sidecar.Descendants(Rdf + "RDF").FirstOrDefault() ?? throw new InvalidDataException(
            $"The sidecar '{path}' has no rdf:RDF element. Delete or repair it."), emotion);
        if (!exists || !XNode.DeepEquals(before, sidecar))
            OutputFile.Write(path, unfinished => Save(sidecar, unfinished, isNew: !exists));
    }

    private static void SetEmotion(XElement rdf, string? emotion)
    {
        emotion = emotion is null ? null : Markup.Clean(emotion);
        XName paths = Lightroom + "hierarchicalSubject";
        string[] earlier = [.. Items(rdf, paths).Select(item => item.Value).Where(IsEmotion).Select(Leaf)];
        foreach (string other in earlier.Where(other => other != emotion))
        {
            Remove(rdf, paths, $"{Parent}|{other}");
            // The keyword may also be that of another path.
            if (!Items(rdf, paths).Any(item => Leaf(item.Value) == other))
                Remove(rdf, DublinCore + "subject", other);
            Remove(rdf, DigiKam + "TagsList", $"{Parent}/{other}");
        }
        if (emotion is null)
            return;
        Add(rdf, DublinCore + "subject", emotion, "dc");
        Add(rdf, paths, $"{Parent}|{emotion}", "lr");
        // digiKam reads its own list and ignores the others if the sidecar has one.
        if (Find(rdf, DigiKam + "TagsList") is not null)
            Add(rdf, DigiKam + "TagsList", $"{Parent}/{emotion}", "digiKam");
    }

    private static bool IsEmotion(string path) => path.StartsWith($"{Parent}|", StringComparison.Ordinal);

    private static string Leaf(string path) => path[(path.LastIndexOf('|') + 1)..];

    private static XElement? Find(XElement rdf, XName property) => rdf.Elements().Elements(property).FirstOrDefault();

    private static IEnumerable<XElement> Items(XElement rdf, XName property) =>
        Find(rdf, property)?.Elements().Where(element => Containers.Contains(element.Name)).Elements(Item) ?? [];

    private static void Remove(XElement rdf, XName property, string keyword) =>
        Items(rdf, property).Where(item => item.Value == keyword).Remove();

    private static void Add(XElement rdf, XName property, string keyword, string prefix)
    {
        if (Items(rdf, property).Any(item => item.Value == keyword))
            return;
        XElement? list = Find(rdf, property);
        if (list is null)
        {
            XElement? description = rdf.Element(Description);
            if (description is null)
                rdf.Add(description = new XElement(Description, new XAttribute(Rdf + "about", "")));
            list = new XElement(property);
            if (description.GetPrefixOfNamespace(property.Namespace) is null)
                list.Add(new XAttribute(XNamespace.Xmlns + prefix, property.NamespaceName));
            // The single value of a list that was written as an attribute.
            if (description.Attribute(property) is { } single)
            {
                list.Value = single.Value;
                single.Remove();
            }
            description.Add(list);
        }
        XElement? container = list.Elements().FirstOrDefault(element => Containers.Contains(element.Name));
        if (container is null)
        {
            string single = list.Value.Trim();
            list.RemoveNodes();
            list.Add(container = new XElement(Bag, single.Length == 0 ? null : new XElement(Item, single)));
        }
        if (!container.Elements(Item).Any(item => item.Value == keyword))
            container.Add(new XElement(Item, keyword));
    }

    private static XDocument Create() => new(new XElement(Meta + "xmpmeta",
        new XAttribute(XNamespace.Xmlns + "x", Meta), new XAttribute(Meta + "xmptk", "VisualSentiment"),
        new XElement(Rdf + "RDF", new XAttribute(XNamespace.Xmlns + "rdf", Rdf))));

    private static XDocument Load(string path)
    {
        try
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                MaxCharactersInDocument = MaxCharacters,
            });
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException e)
        {
            throw new InvalidDataException(
                $"The sidecar '{path}' is not valid XML: {e.Message} Delete or repair it.", e);
        }
    }

    private static void Save(XDocument sidecar, string path, bool isNew)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Indent = isNew,
            IndentChars = " ",
            NewLineHandling = isNew ? NewLineHandling.Replace : NewLineHandling.None,
            NewLineChars = "\n",
            OmitXmlDeclaration = !isNew && sidecar.Declaration is null,
        }))
            sidecar.Save(writer);
        // A power failure must not destroy the work of another program.
        if (!isNew)
            stream.Flush(flushToDisk: true);
    }
}
