using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Data;

public class LoadLabelFileTests
{
    private readonly MLContext _ml = new(seed: 1);
    private static readonly string[] Images = ["p/1.jpg", "p/2.jpg", "p/3.jpg", "p/4.jpg"];

    [Theory]
    [InlineData("file", "label")]
    [InlineData("Image", "EMOTION")]
    [InlineData("path", "Class")]
    [InlineData("filename", "category")]
    public void Files_and_labels_are_found_by_their_usual_names(string file, string label)
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", $"valence,{label},{file}\n1,joy,p/4.jpg\n2,awe,p/1.jpg\n3,joy,p/3.jpg\n4,awe,p\\2.jpg\n");

        var data = _ml.Data.LoadImageFolder(folder["labels.csv"]);

        Assert.Equal(Images.Select(image => folder[image]), data.GetColumn<string>("ImagePath"));
        Assert.Equal(["awe", "awe", "joy", "joy"], data.GetColumn<string>("Label"));
    }

    [Fact]
    public void A_path_with_a_NUL_character_is_reported()
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", "file,label\np/1.jpg,awe\np/2.jpg,awe\np/3.jpg,joy\np/4.jpg,joy\np/\0.jpg,joy\n");

        Assert.Equal(["line 6: the path contains a NUL character"], Problems(folder["labels.csv"]));
    }

    [Fact]
    public void Label_wins_over_its_synonyms()
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", "class,label,file\nx,awe,p/1.jpg\nx,awe,p/2.jpg\nx,joy,p/3.jpg\nx,joy,p/4.jpg\n");

        Assert.Equal(["awe", "awe", "joy", "joy"], _ml.Data.LoadImageFolder(folder["labels.csv"]).GetColumn<string>("Label"));
    }

    [Fact]
    public void Columns_can_be_chosen()
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", "photo,label,mood\np/1.jpg,x,\" awe \"\np/2.jpg,x,awe\np/3.jpg,x,\"joy, big\"\np/4.jpg,x,\"joy, big\"\n");

        var data = _ml.Data.LoadImageFolder(folder["labels.csv"], new() { FileColumnName = "Photo", LabelColumnName = "Mood" });

        Assert.Equal(["awe", "awe", "joy, big", "joy, big"], data.GetColumn<string>("Label"));
    }

    [Fact]
    public void Columns_that_cannot_be_found_are_reported_with_those_there_are()
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", "photo,class,emotion\np/1.jpg,x,y\n");

        Assert.Equal(
        [
            "there is no column file, image, path, filename; the columns are photo, class, emotion. Set FileColumnName",
            "the column is ambiguous: class, emotion. Set LabelColumnName",
        ], Problems(folder["labels.csv"]));
    }

    [Fact]
    public void All_errors_in_rows_stand_in_one_message()
    {
        using var folder = new ImageFolder([.. Images, "p/5.jpg"]);
        folder.Write("p/notes.txt", "");
        folder.Write("p/bad.jpg", "no image");
        folder.Write("labels.csv", """
            file,label
            p/1.jpg,awe
            p/2.jpg,awe
            p/3.jpg,joy
            p/4.jpg,joy
            p/1.jpg,joy
            p/5.jpg,
            p/gone.jpg,awe
            p/notes.txt,joy
            p/bad.jpg,awe
            ,awe
            """);

        Assert.Equal(
        [
            "p/1.jpg: two labels, 'awe' in line 2 and 'joy' in line 6",
            "line 11: the file name is empty",
            "p/5.jpg: no label, in line 7",
            "p/bad.jpg: it is not a JPEG, PNG, WebP, GIF or BMP image",
            "p/gone.jpg: no such file, in line 8",
            "p/notes.txt: not an image (.jpg .jpeg .png .webp .gif .bmp), in line 9",
        ], Problems(folder["labels.csv"]));
    }

    [Fact]
    public void A_row_that_is_there_twice_is_one_image()
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", "file,label\np/1.jpg,awe\np/2.jpg,awe\np/3.jpg,joy\np/4.jpg,joy\np/../p/1.jpg,awe\n");

        Assert.Equal(4, _ml.Data.LoadImageFolder(folder["labels.csv"]).GetColumn<string>("Label").Count());
    }

    [Fact]
    public void A_class_whose_files_are_all_missing_is_an_error_even_when_bad_files_are_left_out()
    {
        using var folder = new ImageFolder(Images);
        folder.Write("labels.csv", "file,label\np/1.jpg,awe\np/2.jpg,awe\np/3.jpg,joy\np/4.jpg,joy\nq/1.jpg,fear\nq/2.jpg,fear\n");

        Assert.StartsWith("fear: the class has no usable image",
            Problems(folder["labels.csv"], new() { OnBadFile = BadFileAction.Skip })[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_label_file_is_named()
    {
        using var folder = new ImageFolder();

        Assert.Equal(["the file does not exist"], Problems(folder["labels.csv"]));
    }

    [Fact]
    public void An_empty_label_file_is_rejected()
    {
        using var folder = new ImageFolder();
        folder.Write("labels.csv", "");

        Assert.NotEmpty(Problems(folder["labels.csv"]));
    }

    [Fact]
    public void A_header_without_rows_is_rejected()
    {
        using var folder = new ImageFolder();
        folder.Write("labels.csv", "file,label\n");

        Assert.Equal(["no rows below the header"], Problems(folder["labels.csv"]));
    }

    [Fact]
    public void A_file_that_is_no_table_is_rejected()
    {
        using var folder = new ImageFolder("awe.jpg");

        Assert.Equal(["it is neither a folder nor a .csv file"], Problems(folder["awe.jpg"]));
    }

    [Fact]
    public void Emotion6_reads_the_same_from_its_label_file()
    {
        string folder = SharedFolder.Require("data/emotion6");
        var options = new ImageFolderOptions { Verify = ImageVerification.None };

        var fromFile = _ml.Data.LoadImageFolder(Path.Combine(folder, "labels.csv"), options);

        Assert.Equal(_ml.Data.LoadImageFolder(folder, options).GetColumn<string>("ImagePath"), fromFile.GetColumn<string>("ImagePath"));
    }

    private IReadOnlyList<string> Problems(string path, ImageFolderOptions? options = null) =>
        Assert.Throws<InvalidImageFolderException>(() => _ml.Data.LoadImageFolder(path, options)).Problems;
}
