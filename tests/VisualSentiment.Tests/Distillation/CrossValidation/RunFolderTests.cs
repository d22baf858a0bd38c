using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Distillation.CrossValidation;
using VisualSentiment.Evaluation;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.CrossValidation;

public sealed class RunFolderTests : IDisposable
{
    private static readonly (int Seed, int Fold)[] Runs = [(1, 1), (1, 2)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saved_runs_are_found_and_missing_ones_are_not()
    {
        DistillationReport report = Report();
        using (RunFolder folder = Open("a/b: c?"))
        {
            Assert.Null(folder.Find(1, 2, "a/b: c?"));
            folder.Save(1, 2, "a/b: c?", report);
        }
        using RunFolder again = Open("a/b: c?");

        Assert.Equal(report.ToMarkdown(), again.Find(1, 2, "a/b: c?")!.ToMarkdown());
        Assert.Null(again.Find(1, 1, "a/b: c?"));
        Assert.Equal(["lock", "seed1-fold2-a%2Fb%3A%20c%3F.json"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_in_use_is_refused()
    {
        RunFolder first = Open("soft");
        var e = Assert.Throws<IOException>(() => Open("soft"));
        first.Dispose();

        Assert.Contains(
            $"The folder '{_folder.Path}' is in use by another cross-validation", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["lock"]));
        Open("soft").Dispose();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{ "Settings": {}, "Report": null }""")]
    [InlineData("""{ "Settings": {}, "Report": { "Classes": ["awe"], "Outcomes": [] } }""")]
    public void A_damaged_file_is_named_with_the_way_out(string content)
    {
        File.WriteAllText(_folder["seed1-fold1-soft.json"], content);

        string message = Assert.Throws<InvalidOperationException>(() => Open("soft").Dispose()).Message;

        Assert.StartsWith(
            $"The file '{_folder["seed1-fold1-soft.json"]}' is damaged: ", message, StringComparison.Ordinal);
        Assert.EndsWith(" Delete it, and its run is trained again.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_run_under_the_name_of_this_one_is_refused()
    {
        using (RunFolder folder = Open("soft"))
            folder.Save(1, 1, "soft", Report());
        File.Move(_folder["seed1-fold1-soft.json"], _folder["seed1-fold2-soft.json"]);

        string message = Assert.Throws<InvalidOperationException>(() => Open("soft")).Message;

        Assert.Contains("  - recipe 'soft', fold: 1 in the folder, 2 now", message, StringComparison.Ordinal);
        Assert.Contains("To keep them, pass another folder", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_images_without_labels_and_another_model_are_other_settings()
    {
        var ml = new MLContext();
        UnlabeledImages Images(string path) =>
            new(ml.Data.LoadFromEnumerable(new[] { new { ImagePath = path } })) { Share = 0.5 };
        using SentimentTransformer model = Load(seed: 7), other = Load(seed: 8);
        KnowledgeDistillationOptions soft =
            new() { Recipe = "soft", Teacher = Teachers.FromModel(model), Unlabeled = Images("a/1.jpg") };
        using (RunFolder folder = Open(soft))
            folder.Save(1, 1, "soft", Report());
        Open(soft).Dispose();

        string message = Assert.Throws<InvalidOperationException>(() => Open(soft with
        {
            Teacher = Teachers.FromModel(other), Unlabeled = Images("b/1.jpg"),
        })).Message;

        Assert.Matches("'soft', hash of the teacher: [0-9a-f]{16} in the folder, [0-9a-f]{16} now", message);
        Assert.Contains("'soft', identities of images without labels: 1 with hash ", message, StringComparison.Ordinal);
    }

    private RunFolder Open(string recipe) => Open(new KnowledgeDistillationOptions
    {
        Recipe = recipe, Loss = DistillationLosses.HardLabels,
    });

    private RunFolder Open(KnowledgeDistillationOptions recipe)
    {
        RunFolder folder = RunFolder.Open(_folder.Path);
        try
        {
            folder.Read([recipe], Runs, [("images", "8")]);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static SentimentTransformer Load(int seed) =>
        new(ExportedStudent.Create(seed: seed), "ImagePath", TextDataViewType.Instance);

    private static DistillationReport Report()
    {
        var recorder = new OutcomeRecorder(["awe", "fear"]);
        recorder.Add(1, 0, student: [0.6f, 0.4f], teacher: [0.9f, 0.1f]);
        return recorder.ToReport();
    }
}
