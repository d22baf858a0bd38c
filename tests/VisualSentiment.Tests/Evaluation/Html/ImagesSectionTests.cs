using System.Xml.Linq;
using SkiaSharp;
using VisualSentiment.Evaluation;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Evaluation.Html;

public sealed class ImagesSectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_image_is_encoded_again_as_a_small_JPEG()
    {
        string path = Large(_folder["large.png"], 1200, 600);
        XElement image = Losses(ReportPages.Report(tests: 2, path: _ => path)).Descendants("img").First();

        byte[] jpeg = Convert.FromBase64String(image.Attribute("src")!.Value["data:image/jpeg;base64,".Length..]);
        using var decoded = SKBitmap.Decode(jpeg);
        Assert.Equal((224, 112), (decoded.Width, decoded.Height));
        Assert.Equal(("224", "112"), (image.Attribute("width")!.Value, image.Attribute("height")!.Value));
        SKColor color = decoded.GetPixel(20, 20);
        Assert.True(color is { Red: > 180, Green: < 60, Blue: < 60 }, color.ToString());
        Assert.True(jpeg.Length < 4000);
    }

    [Fact]
    public void Missing_invalid_and_unnamed_images_get_a_box_with_the_reason()
    {
        string broken = _folder["broken.jpg"], empty = _folder["empty.jpg"];
        File.WriteAllText(broken, "no image");
        File.WriteAllText(empty, "");
        string?[] paths = [_folder["missing.jpg"], broken, empty, _folder.Path, "bad\0name", null];
        XElement section = Losses(ReportPages.Report(tests: paths.Length, path: i => paths[i]));

        Assert.Empty(section.Descendants("img"));
        Assert.Equal(paths.Length, section.Descendants("div").Count(box => (string?)box.Attribute("class") == "missing" && box.Value != ""));
        Assert.Contains("it is not a JPEG, PNG, WebP, GIF or BMP image", section.Value, StringComparison.Ordinal);
        Assert.Contains("row 5", section.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_can_be_loaded_by_a_callback_and_have_overlays()
    {
        XElement section = Losses(ReportPages.Report(tests: 2, path: _ => null), new()
        {
            LoadImage = image => TestImage.Encode((int)image.Row),
            LoadOverlay = image => image.Row == 0 ? TestImage.Encode(9) : null,
        });

        Assert.Equal(3, section.Descendants("img").Count());
        Assert.Equal(["Image row 1, labeled fear", "Image row 0, labeled awe", "Overlay of row 0"], section.Descendants("img").Select(image => image.Attribute("alt")!.Value));
    }

    [Fact]
    public void Teacher_student_and_hard_labels_are_shown_for_the_same_image()
    {
        XElement table = Losses(ReportPages.Report(tests: 2, path: _ => null)).Descendants("table").First();

        Assert.Equal(["class", "teacher", "student", "labels only"], table.Descendants("thead").Descendants("th").Select(title => title.Value));
        // The label comes first.
        Assert.Equal(["fear", "90", "15", "10"], table.Element("tbody")!.Elements("tr").First().Elements().Select(cell => cell.Value));
    }

    [Fact]
    public void Files_of_the_same_name_are_distinguished_by_their_folders() => Assert.Equal(["fear/0057.jpg", "awe/0057.jpg"],
        Losses(ReportPages.Report(tests: 2, path: i => i == 0 ? "/data/awe/0057.jpg" : @"C:\data\fear\0057.jpg")).Descendants("p").Where(line => (string?)line.Attribute("class") == "file")
            .Select(line => line.Value));

    [Fact]
    public void Evidence_is_shown_beside_an_image_by_default()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods, maxExamples: 2);
        string broken = _folder["broken.jpg"], image = TestImage.Write(_folder["1.jpg"], 1);
        File.WriteAllText(broken, "no image");
        recorder.Add(0, 0, [0.3f, 0.5f, 0.2f], readName: () => image);
        recorder.Add(1, 0, [0.4f, 0.5f, 0.1f], readName: () => broken);
        DistillationReport report = recorder.ToReport(drawEvidence: encoded => encoded.AsSpan().SequenceEqual(File.ReadAllBytes(image)) ? TestImage.Encode(2) : null);

        Assert.Equal([$"Image {Path.GetFileName(_folder.Path)}/1.jpg, labeled awe", $"Evidence for fear in {Path.GetFileName(_folder.Path)}/1.jpg"],
            Losses(report).Descendants("img").Select(shown => shown.Attribute("alt")!.Value));
        Assert.Single(Losses(report, new() { LoadOverlay = _ => null }).Descendants("img"));
    }

    [Fact]
    public void The_number_of_images_is_limited() =>
        Assert.Equal(3, Losses(ReportPages.Report(tests: 40, path: _ => null), new() { MaxImages = 3 }).Descendants("figure").Count());

    private static XElement Losses(DistillationReport report, HtmlReportOptions? options = null) =>
        ReportPages.Section(ReportPages.Write(report, options).Page, "Largest losses")!;

    private static string Large(string path, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.Red);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, png.ToArray());
        return path;
    }
}
