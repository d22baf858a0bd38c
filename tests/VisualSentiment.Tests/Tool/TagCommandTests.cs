using System.Globalization;
using System.Text.Json;
using CsvHelper;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>The command <c>tag</c>: tables, threshold, resuming and errors.</summary>
public sealed class TagCommandTests : IDisposable
{
    private readonly ToolFolder _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Table_has_a_row_per_image_with_quoted_and_long_names_and_errors()
    {
        string longName = new string('長', 80) + ".png";
        string[] names = ["a, \"quoted\"\nname.png", "b/ä 悲.PNG", "b/" + longName, "c/.hidden/x.png", "z.png"];
        foreach (string name in names)
            TestImage.Write(_tool[$"photos/{name}"], name.Length);
        File.WriteAllText(_tool["photos/bad.png"], "no image");
        File.WriteAllText(_tool["photos/notes.txt"], "no image");
        using var detector = SentimentDetector.Load(_tool.Model);

        var run = _tool.Run("tag", "photos", "--model", _tool.Model, "--format", "csv", "jsonl");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Images with an error: 1 of 5", run.Error, StringComparison.Ordinal);
        Assert.Contains("Written to tags: tags.csv, tags.jsonl", run.Output, StringComparison.Ordinal);
        Dictionary<string, string>[] rows = ReadCsv();
        Assert.Equal([names[0], names[1], names[2], "bad.png", "z.png"], rows.Select(row => row["file"]));
        JsonElement[] lines = [.. File.ReadLines(_tool["tags/tags.jsonl"]).Select(line => JsonElement.Parse(line))];
        Assert.Equal(rows.Select(row => row["file"]), lines.Select(line => line.GetProperty("file").GetString()));
        foreach (var (row, line) in rows.Zip(lines))
            if (row["file"] == "bad.png")
            {
                Assert.Equal(("", "", ""), (row["tag"], row["emotion"], row["awe"]));
                Assert.NotEmpty(row["error"]);
                Assert.Equal(row["error"], line.GetProperty("error").GetString());
                Assert.False(line.TryGetProperty("emotion", out _));
            }
            else
            {
                SentimentPrediction expected = detector.Predict(_tool[$"photos/{row["file"]}"]);
                Assert.Equal((expected.Emotion, expected.Emotion, ""), (row["tag"], row["emotion"], row["error"]));
                Assert.Equal(expected.Confidence, float.Parse(row["confidence"], CultureInfo.InvariantCulture));
                Assert.All(expected.Scores, score =>
                    Assert.Equal(score.Value, float.Parse(row[score.Key], CultureInfo.InvariantCulture)));
                Assert.Equal(expected.Emotion, line.GetProperty("tag").GetString());
                Assert.Equal(expected.Scores, line.GetProperty("scores").Deserialize<Dictionary<string, float>>());
            }
    }

    [Fact]
    public void Second_run_tags_only_new_and_changed_images_and_drops_deleted_ones()
    {
        foreach (int i in Enumerable.Range(0, 5))
            TestImage.Write(_tool[$"photos/{i}.png"], i);
        Tag();
        string first = File.ReadAllText(_tool["tags/tags.csv"]);
        string journal = File.ReadAllText(_tool["tags/journal.jsonl"]);

        string unchanged = Tag();

        Assert.Contains("Already tagged: 5 of 5 images", unchanged, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllText(_tool["tags/tags.csv"]));
        Assert.Equal(journal, File.ReadAllText(_tool["tags/journal.jsonl"]));

        File.Delete(_tool["photos/0.png"]);
        TestImage.Write(_tool["photos/1.png"], 100);
        TestImage.Write(_tool["photos/5.png"], 5);
        string changed = Tag();

        Assert.Contains("2 images tagged", changed, StringComparison.Ordinal);
        Assert.Equal(["1.png", "2.png", "3.png", "4.png", "5.png"], ReadCsv().Select(row => row["file"]));
        using var detector = SentimentDetector.Load(_tool.Model);
        Assert.Equal(detector.Predict(_tool["photos/1.png"]).Emotion, ReadCsv()[0]["emotion"]);

        File.WriteAllBytes(_tool.Model, ExportedStudent.Create(ImageFit.CenterCrop));
        Assert.Contains("5 images tagged", Tag(), StringComparison.Ordinal);
    }

    [Fact]
    public void Threshold_makes_images_uncertain_and_can_change_without_new_predictions()
    {
        foreach (int i in Enumerable.Range(0, 12))
            TestImage.Write(_tool[$"photos/{i}.png"], i);
        Tag();
        float[] confidences = [.. ReadCsv().Select(Confidence)];
        string threshold = FormattableString.Invariant($"{confidences.Order().ElementAt(6)}");

        string output = Tag("--threshold", threshold);

        Assert.Contains("Already tagged: 12 of 12 images", output, StringComparison.Ordinal);
        Assert.Matches(@"uncertain +6 +50\.0%", output);
        Assert.All(ReadCsv(), row => Assert.Equal(
            Confidence(row) < float.Parse(threshold, CultureInfo.InvariantCulture) ? "uncertain" : row["emotion"],
            row["tag"]));
        Assert.Equal(confidences, ReadCsv().Select(Confidence));
    }

    [Fact]
    public void Results_may_be_inside_the_folder_and_its_images_are_ignored()
    {
        TestImage.Write(_tool["photos/a.png"], 1);
        TestImage.Write(_tool["photos/tags/old.png"], 1);
        Directory.CreateSymbolicLink(_tool["photos/loop"], _tool["photos"]);

        _tool.RunToEnd("tag", "photos", "--model", _tool.Model, "--output", "photos/tags", "--contact-sheet");
        string again = _tool.RunToEnd("tag", "photos", "--model", _tool.Model, "--output", "photos/tags");

        Assert.Contains("Already tagged: 1 of 1 images", again, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllLines(_tool["photos/tags/tags.csv"]).Length);
    }

    [Fact]
    public void Torn_last_line_is_removed_and_damaged_lines_are_tagged_again()
    {
        foreach (int i in Enumerable.Range(0, 4))
            TestImage.Write(_tool[$"photos/{i}.png"], i);
        Tag();
        string expected = File.ReadAllText(_tool["tags/tags.csv"]), journal = _tool["tags/journal.jsonl"];
        string[] lines = File.ReadAllLines(journal);
        lines[2] = new string('\0', 40);
        File.WriteAllText(journal, string.Join('\n', lines)[..^7]);

        string output = Tag();

        Assert.Contains("Damaged lines of the journal: 1", output, StringComparison.Ordinal);
        Assert.Contains("2 images tagged", output, StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllText(_tool["tags/tags.csv"]));
        File.WriteAllText(journal, "nonsense\n");
        _tool.Fails(1, "Delete the file", "tag", "photos", "--model", _tool.Model);
    }

    [Fact]
    public void Images_with_errors_are_tried_again_in_the_next_run()
    {
        string bad = _tool["photos/bad.png"];
        File.WriteAllText(bad, "no image");
        Assert.Equal(1, _tool.Run("tag", "photos", "--model", _tool.Model).ExitCode);
        string journal = File.ReadAllText(_tool["tags/journal.jsonl"]);

        Assert.Equal(1, _tool.Run("tag", "photos", "--model", _tool.Model).ExitCode);

        Assert.Equal(journal, File.ReadAllText(_tool["tags/journal.jsonl"]));
        TestImage.Write(bad, 1);
        Assert.Contains("1 image tagged", Tag(), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_folders_and_options_are_one_line()
    {
        Directory.CreateDirectory(_tool["empty"]);
        TestImage.Write(_tool["photos/a.png"], 1);
        TestImage.Write(_tool["other/a.png"], 1);
        File.WriteAllText(_tool["file"], "");
        Tag();

        _tool.Fails(2, "'nowhere' does not exist", "tag", "nowhere", "--model", _tool.Model);
        _tool.Fails(2, "'empty'", "tag", "empty", "--model", _tool.Model, "--output", "empty-tags");
        Assert.False(Directory.Exists(_tool["empty-tags"]));
        _tool.Fails(2, "from 0 to 1", "tag", "photos", "--model", _tool.Model, "--threshold", "1.5");
        _tool.Fails(2, "xml", "tag", "photos", "--model", _tool.Model, "--format", "xml");
        _tool.Fails(1, "--output", "tag", "other", "--model", _tool.Model);
        _tool.Fails(1, "file", "tag", "photos", "--model", _tool.Model, "--output", "file");
        using var other = new FileStream(_tool["tags/journal.jsonl"], FileMode.Open, FileAccess.Read, FileShare.None);
        _tool.Fails(1, "another process", "tag", "photos", "--model", _tool.Model);
    }

    [Fact]
    public void Contact_sheets_show_the_images_of_a_tag_in_order_of_confidence()
    {
        foreach (int i in Enumerable.Range(0, 12))
            TestImage.Write(_tool[$"photos/<{i}> #&.png"], i);

        Tag();
        float median = ReadCsv().Select(Confidence).Order().ElementAt(6);

        Tag("--contact-sheet", "--threshold", FormattableString.Invariant($"{median}"));

        Dictionary<string, string>[] rows = ReadCsv();
        foreach (string tag in (string[])[.. ExportedStudent.Classes, "uncertain"])
        {
            string page = File.ReadAllText(_tool[$"tags/contact-sheets/{tag}.html"]);
            var figures = System.Xml.Linq.XDocument.Parse(page).Descendants("li").ToArray();
            Assert.Equal(rows.Where(row => row["tag"] == tag).OrderByDescending(Confidence).Select(row => row["file"]),
                figures.Select(figure => figure.Element("span")!.Value));
            Assert.All(figures, figure =>
            {
                var link = figure.Element("a")!;
                Assert.True(File.Exists(Path.Combine(
                    _tool["tags/contact-sheets"], Uri.UnescapeDataString(link.Attribute("href")!.Value))));
                Assert.StartsWith("data:image/jpeg;base64,", link.Element("img")!.Attribute("src")!.Value,
                    StringComparison.Ordinal);
            });
        }
        File.WriteAllText(_tool["tags/contact-sheets/old.html"], "");
        Tag("--contact-sheet");
        Assert.Equal(ExportedStudent.Classes, Directory.GetFiles(_tool["tags/contact-sheets/"])
            .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Contact_sheet_is_limited_to_200_images()
    {
        byte[] image = TestImage.Encode(1);
        foreach (int i in Enumerable.Range(0, 205))
            File.WriteAllBytes(_tool[$"photos/{i:000}.png"], image);

        Tag("--contact-sheet");

        string page = File.ReadAllText(_tool[$"tags/contact-sheets/{ReadCsv()[0]["tag"]}.html"]);
        Assert.Contains("The 200 images with the highest confidence, of 205.", page, StringComparison.Ordinal);
        Assert.Equal(200, page.Split("<li>").Length - 1);
    }

    [Fact]
    public void Contact_sheets_without_images_are_not_written()
    {
        File.WriteAllText(_tool["photos/bad.png"], "no image");

        var run = _tool.Run("tag", "photos", "--model", _tool.Model, "--output", "tags", "--contact-sheet");

        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("contact", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(_tool.PathOf("tags/contact-sheets")));
    }

    private string Tag(params string[] options) =>
        _tool.RunToEnd(["tag", "photos", "--model", _tool.Model, .. options]);

    private static float Confidence(Dictionary<string, string> row) =>
        float.Parse(row["confidence"], CultureInfo.InvariantCulture);

    private Dictionary<string, string>[] ReadCsv()
    {
        using var csv = CsvReader.FromFile(_tool["tags/tags.csv"], new CsvReaderOptions());
        List<Dictionary<string, string>> rows = [];
        while (csv.Read())
            rows.Add(csv.Headers.Select((name, i) => (name, i)).ToDictionary(column => column.name,
                column => csv.GetString(column.i)));
        return [.. rows];
    }
}
