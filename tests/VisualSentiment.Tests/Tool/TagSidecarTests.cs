using System.Diagnostics;
using System.Runtime.Versioning;
using System.Xml.Linq;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>The XMP sidecars of <c>tag</c>.</summary>
public sealed class TagSidecarTests : IDisposable
{
    private static readonly XNamespace Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        DublinCore = "http://purl.org/dc/elements/1.1/", Lightroom = "http://ns.adobe.com/lightroom/1.0/",
        DigiKam = "http://www.digikam.org/ns/1.0/";

    private readonly ToolFolder _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void New_sidecar_has_the_emotion_as_keyword_and_path()
    {
        string emotion = WriteImage("photos/ä 悲.png", 1);

        Tag();

        string sidecar = _tool["photos/ä 悲.png.xmp"];
        Assert.Equal([emotion], Items(sidecar, DublinCore + "subject"));
        Assert.Equal([$"Emotion|{emotion}"], Items(sidecar, Lightroom + "hierarchicalSubject"));
        Assert.Empty(Items(sidecar, DigiKam + "TagsList"));
        Assert.Equal(2, Directory.GetFiles(_tool["photos/"]).Length);
    }

    [Fact]
    public void Existing_sidecar_is_merged_and_nothing_else_changes()
    {
        string emotion = WriteImage("photos/a.png", 1), sidecar = _tool["photos/a.png.xmp"];
        const string Before = """
            <?xpacket begin="﻿" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <!-- edited -->
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Test">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lightroom="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmp:Rating="4">
               <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sea &amp; sky</rdf:li></rdf:Alt></dc:title>
               <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>terror</rdf:li></rdf:Bag></dc:subject>
               <lightroom:hierarchicalSubject><rdf:Bag><rdf:li>Place|sea</rdf:li><rdf:li>Emotion|terror</rdf:li></rdf:Bag></lightroom:hierarchicalSubject>
               <digiKam:TagsList><rdf:Seq><rdf:li>Place/sea</rdf:li><rdf:li>Emotion/terror</rdf:li></rdf:Seq></digiKam:TagsList>
              </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="w"?>
            """;
        File.WriteAllText(sidecar, Before);

        Tag();

        Assert.Equal(Before.Replace("terror", emotion, StringComparison.Ordinal), File.ReadAllText(sidecar));
        DateTime written = File.GetLastWriteTimeUtc(sidecar);
        File.Delete(_tool["tags/journal.jsonl"]);
        Tag();
        Assert.Equal(written, File.GetLastWriteTimeUtc(sidecar));
    }

    [Theory]
    [InlineData("""<rdf:Description rdf:about=""/>""")]
    [InlineData("")]
    [InlineData("""<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:subject="sea"/>""")]
    [InlineData("""<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject>sea</dc:subject></rdf:Description>""")]
    public void Unusual_lists_are_extended(string description)
    {
        string emotion = WriteImage("photos/a.png", 1), sidecar = _tool["photos/a.png.xmp"];
        File.WriteAllText(sidecar,
            $"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{description}</rdf:RDF>""");

        Tag();

        Assert.Equal(description.Contains("sea", StringComparison.Ordinal) ? ["sea", emotion] : [emotion],
            Items(sidecar, DublinCore + "subject"));
        Assert.Equal([$"Emotion|{emotion}"], Items(sidecar, Lightroom + "hierarchicalSubject"));
    }

    [Fact]
    public void Sidecars_are_written_for_tagged_images_and_follow_the_threshold()
    {
        string emotion = WriteImage("photos/a.png", 1), sidecar = _tool["photos/a.png.xmp"];
        _tool.RunToEnd("tag", "photos", "--model", _tool.Model);
        Assert.False(File.Exists(sidecar));

        Tag();
        Assert.Equal([emotion], Items(sidecar, DublinCore + "subject"));
        Tag("--threshold", "1");
        Assert.Empty(Items(sidecar, DublinCore + "subject"));
        Assert.Empty(Items(sidecar, Lightroom + "hierarchicalSubject"));
        Tag();
        Assert.Equal([emotion], Items(sidecar, DublinCore + "subject"));
        File.Delete(sidecar);
        Tag();
        Assert.True(File.Exists(sidecar));
        Assert.Contains("Already tagged: 1 of 1 images", Tag(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<not xml", "is not valid XML")]
    [InlineData("<html/>", "rdf:RDF")]
    [InlineData("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "is not valid XML")]
    public void Damaged_sidecar_is_an_error_of_the_image_and_stays(string content, string message)
    {
        string emotion = WriteImage("photos/a.png", 1), sidecar = _tool["photos/a.png.xmp"];
        File.WriteAllText(sidecar, content);

        var run = _tool.Run("tag", "photos", "--model", _tool.Model, "--xmp");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(content, File.ReadAllText(sidecar));
        string row = File.ReadAllLines(_tool["tags/tags.csv"])[1];
        Assert.StartsWith($"a.png,{emotion},", row, StringComparison.Ordinal);
        Assert.Contains(message, row, StringComparison.Ordinal);
        File.Delete(sidecar);
        Tag();
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Images_of_a_read_only_folder_are_tagged_and_their_sidecars_are_errors()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "uses setpriv");
        string emotion = WriteImage("photos/a.png", 1), folder = _tool["photos"];
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            string[] tag =
            [
                "dotnet", SampleProgram.PathOf(SampleProgram.Tool), "tag", folder, "--model", _tool.Model,
                "--output", _tool["tags"], "--xmp",
            ];
            // Without these capabilities, modes apply to root, too.
            string[] command = Environment.IsPrivilegedProcess
                ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", .. tag] : tag;
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var (exitCode, _, error) = SampleProgram.ReadToEnd(process);

            Assert.Equal(1, exitCode);
            Assert.Contains("Images with an error: 1 of 1", error, StringComparison.Ordinal);
            string row = File.ReadAllLines(_tool["tags/tags.csv"])[1];
            Assert.StartsWith($"a.png,{emotion},", row, StringComparison.Ordinal);
            Assert.Contains("denied", row, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        Assert.Single(Directory.GetFiles(folder));
    }

    private string WriteImage(string name, int seed)
    {
        using var detector = SentimentDetector.Load(_tool.Model);
        return detector.Predict(TestImage.Write(_tool[name], seed)).Emotion;
    }

    private string Tag(params string[] options) =>
        _tool.RunToEnd(["tag", "photos", "--model", _tool.Model, "--xmp", .. options]);

    private static string[] Items(string sidecar, XName property) =>
        [.. XDocument.Load(sidecar).Descendants(property).Descendants(Rdf + "li").Select(item => item.Value)];
}
