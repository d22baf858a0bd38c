using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Packaging;

/// <summary>What is in the package, and what it says of itself.</summary>
[Collection<PackedLibrary>]
public class PackageTests(PackedLibrary package)
{
    // Portable PDB format, custom debug information: embedded source.
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [Fact]
    public void Packing_gives_no_warnings() => Assert.DoesNotContain("warn", package.Output, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void The_package_has_its_metadata()
    {
        var metadata = Metadata();
        string Value(string name) => metadata.Element(metadata.Name.Namespace + name)?.Value ?? "";

        Assert.Equal("VisualSentiment", Value("id"));
        Assert.Equal(package.Version, Value("version"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("expression", metadata.Element(metadata.Name.Namespace + "license")!.Attribute("type")!.Value);
        Assert.Equal("README.md", Value("readme"));
        Assert.Contains("ML.NET", Value("description"));
        Assert.Equal("VisualSentiment contributors", Value("authors"));
        Assert.Superset(new HashSet<string>(["mlnet", "knowledge-distillation", "sentiment", "onnx"]), Value("tags").Split(' ', ';').ToHashSet());
    }

    [Fact]
    public void The_package_contains_the_library_and_its_documentation_but_nothing_native()
    {
        using var zip = ZipFile.OpenRead(package.File("nupkg"));
        string[] files = [.. zip.Entries.Select(e => e.FullName)];

        Assert.Contains("README.md", files);
        Assert.Equal(["lib/net10.0/VisualSentiment.dll", "lib/net10.0/VisualSentiment.xml"],
            files.Where(f => f.EndsWith(".dll", StringComparison.Ordinal) || f.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(files, f => f.StartsWith("runtimes/", StringComparison.Ordinal) || f.StartsWith("content", StringComparison.Ordinal));
    }

    [Fact]
    public void The_main_types_are_documented()
    {
        using var zip = ZipFile.OpenRead(package.File("nupkg"));
        using var xml = zip.GetEntry("lib/net10.0/VisualSentiment.xml")!.Open();

        var members = XDocument.Load(xml).Descendants("member").Select(m => m.Attribute("name")!.Value).ToHashSet();

        Assert.Contains("T:VisualSentiment.SentimentDetector", members);
        Assert.Contains("T:VisualSentiment.VisualSentimentCatalog", members);
    }

    [Fact]
    public void The_package_depends_on_no_training_backend()
    {
        var dependencies = Metadata().Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value);

        Assert.Equal(
        [
            "CsvHelper", "Google.Protobuf", "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.ML",
            "Microsoft.ML.ImageAnalytics", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxTransformer", "SkiaSharp",
            "SkiaSharp.NativeAssets.Linux.NoDependencies", "System.Threading.RateLimiting", "TorchSharp",
        ], dependencies.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_symbol_package_is_written()
    {
        using var zip = ZipFile.OpenRead(package.File("snupkg"));

        Assert.Contains("lib/net10.0/VisualSentiment.pdb", zip.Entries.Select(e => e.FullName));
    }

    [Fact]
    public void Every_source_file_is_in_the_repository_or_in_the_symbols()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(SharedFolder.RepositoryRoot(), ".git")), "needs git, which knows the sources' root");
        using var zip = ZipFile.OpenRead(package.File("snupkg"));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(Copy(zip.GetEntry("lib/net10.0/VisualSentiment.pdb")!));
        var reader = symbols.GetMetadataReader();

        string[] elsewhere = [.. reader.Documents
            .Where(document => !reader.GetCustomDebugInformation(document)
                .Any(info => reader.GetGuid(reader.GetCustomDebugInformation(info).Kind) == EmbeddedSource))
            .Select(document => reader.GetString(reader.GetDocument(document).Name))
            .Where(name => !name.StartsWith("/_/", StringComparison.Ordinal))];

        Assert.Empty(elsewhere);
        Assert.Contains(reader.Documents, document => reader.GetString(reader.GetDocument(document).Name) == "/_/src/VisualSentiment/Networks/Students.cs");
    }

    [Fact]
    public void The_same_sources_give_the_same_library()
    {
        using var zip = ZipFile.OpenRead(package.File("nupkg"));
        using var library = new PEReader(Copy(zip.GetEntry("lib/net10.0/VisualSentiment.dll")!));

        Assert.Contains(library.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    private static MemoryStream Copy(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        var copy = new MemoryStream();
        content.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    private XElement Metadata()
    {
        using var zip = ZipFile.OpenRead(package.File("nupkg"));
        using var nuspec = zip.GetEntry("VisualSentiment.nuspec")!.Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
    }
}
