using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Data;

public class LoadImageFolderTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Each_folder_is_a_class_at_any_depth()
    {
        using var folder = new ImageFolder("awe/b.jpg", "awe/a.PNG", "fear/deep/er/1.gif", "fear/2.webp");

        var data = _ml.Data.LoadImageFolder(folder.Path);

        Assert.Equal(
            [("awe/a.PNG", "awe"), ("awe/b.jpg", "awe"), ("fear/2.webp", "fear"), ("fear/deep/er/1.gif", "fear")], Rows(data, folder));
    }

    [Fact]
    public void Names_in_one_folder_carry_the_class()
    {
        using var folder = new ImageFolder("awe_0001.jpg", "awe_2.jpg", "mixed_joy_7.bmp", "mixed_joy_8.jpeg");

        var data = _ml.Data.LoadImageFolder(folder.Path);

        Assert.Equal(["awe", "awe", "mixed_joy", "mixed_joy"], Rows(data, folder).Select(row => row.Label));
    }

    [Fact]
    public void The_columns_are_text_and_feed_MapValueToKey()
    {
        using var folder = new ImageFolder("awe_1.jpg", "awe_2.jpg", "fear_1.jpg", "fear_2.jpg");

        var data = _ml.Data.LoadImageFolder(folder.Path);
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);

        Assert.Equal(["ImagePath", "Label"], data.Schema.Select(column => column.Name));
        Assert.All(data.Schema, column => Assert.Equal(TextDataViewType.Instance, column.Type));
        Assert.Equal([1u, 1u, 2u, 2u], keyed.GetColumn<uint>("Label"));
    }

    [Fact]
    public void Hidden_files_and_those_of_file_managers_are_ignored()
    {
        using var folder = new ImageFolder(
            "awe/1.jpg", "awe/2.jpg", "awe/.3.jpg", ".git/1.jpg", "fear/1.jpg", "fear/2.jpg", "fear/.cache/9.jpg");
        folder.Write("awe/Thumbs.db", "");
        folder.Write("fear/desktop.ini", "");
        folder.Write("README.md", "beside the classes");

        Assert.Equal(4, Rows(_ml.Data.LoadImageFolder(folder.Path), folder).Count);
    }

    [Fact]
    public void A_folder_that_also_holds_a_label_file_is_read_by_folders()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "fear/1.jpg", "fear/2.jpg");
        folder.Write("labels.csv", "file,label\nawe/1.jpg,other\n");

        Assert.Equal(["awe", "awe", "fear", "fear"], Rows(_ml.Data.LoadImageFolder(folder.Path), folder).Select(row => row.Label));
    }

    [Fact]
    public void A_link_that_leads_back_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "fear/1.jpg", "fear/2.jpg");
        Directory.CreateSymbolicLink(folder["awe/up"], folder.Path);
        Directory.CreateSymbolicLink(folder["fear/self"], folder["fear"]);

        Assert.Equal(4, Rows(_ml.Data.LoadImageFolder(folder.Path), folder).Count);
    }

    [Fact]
    public void A_link_to_another_folder_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var elsewhere = new ImageFolder("1.jpg", "2.jpg");
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg");
        Directory.CreateSymbolicLink(folder["fear"], elsewhere.Path);

        Assert.Equal(["awe/1.jpg", "awe/2.jpg", "fear/1.jpg", "fear/2.jpg"],
            Rows(_ml.Data.LoadImageFolder(folder.Path), folder).Select(row => row.Path));
    }

    [Fact]
    public void A_folder_that_many_links_lead_to_is_read_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var elsewhere = new ImageFolder("30/x.jpg");
        for (int i = 0; i < 30; i++)
        {
            Directory.CreateDirectory(elsewhere[$"{i}"]);
            Directory.CreateSymbolicLink(elsewhere[$"{i}/a"], $"../{i + 1}");
            Directory.CreateSymbolicLink(elsewhere[$"{i}/b"], $"../{i + 1}/../{i + 1}");
        }
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "fear/1.jpg");
        Directory.CreateSymbolicLink(folder["fear/more"], elsewhere["0"]);
        Directory.CreateSymbolicLink(folder["fear/again"], folder["fear/more"]);

        // Where there are several links, the first in ordinal order counts.
        Assert.Equal(["awe/1.jpg", "awe/2.jpg", "fear/1.jpg", $"fear/again/{string.Concat(Enumerable.Repeat("a/", 30))}x.jpg"],
            Rows(_ml.Data.LoadImageFolder(folder.Path), folder).Select(row => row.Path));
    }

    [Fact]
    public void A_folder_is_read_in_its_own_place_rather_than_through_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var folder = new ImageFolder("joy/1.jpg", "joy/2.jpg", "fear/1.jpg", "fear/2.jpg");
        Directory.CreateSymbolicLink(folder["a"], folder["joy"]);

        Assert.Equal(["fear/1.jpg", "fear/2.jpg", "joy/1.jpg", "joy/2.jpg"],
            Rows(_ml.Data.LoadImageFolder(folder.Path), folder).Select(row => row.Path));
    }

    [Fact]
    public void All_errors_stand_in_one_message()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "joy/1.jpg", "loose.jpg");
        folder.Write("awe/empty.jpg", "");
        folder.Write("awe/text.png", "no image");
        folder.Write("awe/notes.txt", "no image");
        folder.WriteCutShort("awe/cut.bmp");
        Directory.CreateDirectory(folder["fear"]);

        var e = Assert.Throws<InvalidImageFolderException>(() => _ml.Data.LoadImageFolder(folder.Path, new() { Verify = ImageVerification.Full }));

        Assert.Equal(folder.Path, e.Path);
        Assert.Equal(
        [
            "fear: the class has no usable image; at least two are required, one for training and one for testing",
            "joy: the class has only one usable image; at least two are required, one for training and one for testing",
            "awe/cut.bmp: it is truncated",
            "awe/empty.jpg: it is empty",
            "awe/notes.txt: not an image (.jpg .jpeg .png .webp .gif .bmp)",
            "awe/text.png: it is not a JPEG, PNG, WebP, GIF or BMP image",
            "loose.jpg: the image is not in a class folder, and its name has no class (like amusement_0487.jpg)",
        ], e.Problems);
        Assert.All(e.Problems, problem => Assert.Contains(problem, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_list_of_errors_is_counted_out()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "joy/1.jpg", "joy/2.jpg");
        for (int i = 0; i < 30; i++)
            folder.Write($"joy/{i}.txt", "");

        var e = Assert.Throws<InvalidImageFolderException>(() => _ml.Data.LoadImageFolder(folder.Path));

        Assert.Equal(30, e.Problems.Count);
        Assert.EndsWith("... and 10 more", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        using var folder = new ImageFolder();

        Assert.Equal(["the folder does not exist"], Problems(folder["gone"]));
    }

    [Fact]
    public void A_folder_without_images_is_rejected()
    {
        using var folder = new ImageFolder();
        folder.Write("README.md", "");

        Assert.StartsWith("no images (.jpg", Assert.Single(Problems(folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_without_any_class_are_rejected()
    {
        using var folder = new ImageFolder("one.jpg", "two.jpg");

        Assert.Equal("there are no classes", Problems(folder.Path, new() { OnBadFile = BadFileAction.Skip })[0]);
    }

    [Fact]
    public void One_class_is_not_enough()
    {
        using var folder = new ImageFolder("awe_1.jpg", "awe_2.jpg");

        Assert.Equal(["there is only one class, 'awe'; at least two are required"], Problems(folder.Path));
    }

    [Fact]
    public void Class_folders_beside_named_images_are_ambiguous()
    {
        using var folder = new ImageFolder("awe/1.jpg", "fear_1.jpg");

        string problem = Assert.Single(Problems(folder.Path));

        Assert.Contains("awe/1.jpg", problem, StringComparison.Ordinal);
        Assert.Contains("fear_1.jpg", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_files_that_are_no_images_are_reported()
    {
        using var folder = new ImageFolder("awe_1.jpg", "awe_2.jpg", "joy_1.jpg", "joy_2.jpg", "portrait.jpg");
        folder.Write("joy_3.heic", "");
        folder.Write("labels.csv", "");

        Assert.Equal(["joy_3.heic", "portrait.jpg"], Problems(folder.Path).Select(problem => problem.Split(':')[0]));
    }

    [Fact]
    public void By_default_headers_are_validated_which_finds_what_is_no_image_but_not_what_is_cut_short()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "joy/1.jpg", "joy/2.jpg");
        folder.WriteCutShort("awe/cut.jpg");
        folder.Write("joy/text.jpg", "no image");
        folder.Write("joy/zero.jpg", "");

        Assert.Equal(["joy/text.jpg: it is not a JPEG, PNG, WebP, GIF or BMP image", "joy/zero.jpg: it is empty"],
            Problems(folder.Path));
    }

    [Fact]
    public void Without_verification_no_image_is_opened()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "joy/1.jpg");
        folder.Write("joy/text.jpg", "no image");

        Assert.Equal(4, Rows(_ml.Data.LoadImageFolder(folder.Path, new() { Verify = ImageVerification.None }), folder).Count);
    }

    [Fact]
    public void Bad_files_can_be_left_out_with_a_warning_in_the_log()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "joy/1.jpg", "joy/2.jpg");
        folder.WriteCutShort("awe/cut{0}.jpg");
        folder.Write("joy/notes.txt", "");
        var warnings = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };

        var data = _ml.Data.LoadImageFolder(folder.Path, new() { Verify = ImageVerification.Full, OnBadFile = BadFileAction.Skip });

        Assert.Equal(["awe/1.jpg", "awe/2.jpg", "joy/1.jpg", "joy/2.jpg"], Rows(data, folder).Select(row => row.Path));
        string warning = Assert.Single(warnings);
        Assert.Contains("Skipped 2 of 6 files", warning, StringComparison.Ordinal);
        Assert.Contains("awe/cut{0}.jpg: it is truncated", warning, StringComparison.Ordinal);
        Assert.Contains("joy/notes.txt", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_leaving_out_makes_too_small_is_an_error()
    {
        using var folder = new ImageFolder("awe/1.jpg", "awe/2.jpg", "joy/1.jpg");
        folder.WriteCutShort("joy/2.jpg");

        var problems = Problems(folder.Path, new() { Verify = ImageVerification.Full, OnBadFile = BadFileAction.Skip });

        Assert.StartsWith("joy: the class has only one usable image", problems[0], StringComparison.Ordinal);
        Assert.Equal("joy/2.jpg: it is truncated", problems[1]);
    }

    [Fact]
    public void Emotion6_has_six_classes_of_264_photographs()
    {
        string folder = SharedFolder.Require("data/emotion6");

        var data = _ml.Data.LoadImageFolder(folder);

        Assert.Equal(
            [("anger", 264), ("disgust", 264), ("fear", 264), ("joy", 264), ("sadness", 264), ("surprise", 264)],
            data.GetColumn<string>("Label").CountBy(label => label).Select(count => (count.Key, count.Value)));
    }

    private static List<(string Path, string Label)> Rows(IDataView data, ImageFolder folder) =>
        [.. data.GetColumn<string>("ImagePath").Select(path => Path.GetRelativePath(folder.Path, path).Replace('\\', '/'))
            .Zip(data.GetColumn<string>("Label"))];

    private IReadOnlyList<string> Problems(string path, ImageFolderOptions? options = null) =>
        Assert.Throws<InvalidImageFolderException>(() => _ml.Data.LoadImageFolder(path, options)).Problems;
}
