using Microsoft.ML;

namespace VisualSentiment.Tests.Distillation.CrossValidation;

public class CrossValidationErrorsTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly KnowledgeDistillationOptions _labels = DistillationRecipes.Paper with
    {
        Recipe = "labels", Loss = DistillationLosses.HardLabels,
    };

    private IDataView Data => _ml.Data.LoadFromEnumerable(new[] { new { ImagePath = "awe/1.png", Label = "awe" } });

    [Fact]
    public void All_errors_are_listed_before_any_work()
    {
        string file = typeof(CrossValidationErrorsTests).Assembly.Location;

        string message = Assert.Throws<ArgumentException>(() => Run(
            [
                _labels, _labels with { Recipe = "Labels", LabelColumnName = "Mood" },
                _labels with
                {
                    Recipe = "fixed", Epochs = 0, Seed = 5, ValidationSet = Data, CheckpointFolder = Path.GetTempPath(),
                },
                _labels with { Recipe = " ", ImageColumnName = "Picture" },
            ], folds: 1, seeds: [2, 2], folder: file)).Message;

        foreach (string error in (string[])
        [
            "The options have 11 errors:",
            "2 recipes are named 'labels'; set Recipe to names that differ",
            "the recipes have different values of LabelColumnName: Label, Mood; use one",
            "the recipes have different values of ImageColumnName: ImagePath, Picture; use one",
            "recipe 'fixed': Epochs is 0",
            "recipe 'fixed': ValidationSet is set, but each fold has its own training images; set ValidationFraction",
            "recipe 'fixed': Seed is 5, but each run has its own seed; leave it null and pass seeds",
            "recipe 'fixed': CheckpointFolder is set, but runs cannot share checkpoints",
            "recipe ' ': Recipe is empty",
            "folds is 1; it must be at least 2",
            "seeds contains 2 2 times; use each seed once",
            $"folder is '{file}', which is not a folder; null writes no files",
        ])
            Assert.Contains(error, message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_least_one_recipe_and_one_seed_are_required()
    {
        string message = Assert.Throws<ArgumentException>(() => Run([], seeds: [])).Message;

        Assert.Contains("there are no recipes; at least one is required", message, StringComparison.Ordinal);
        Assert.Contains("seeds is empty", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_cannot_be_split_leave_no_folder()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        Assert.Contains("'awe' has 1",
            Assert.Throws<ArgumentException>(() => Run([_labels], folder: folder)).Message, StringComparison.Ordinal);
        KnowledgeDistillationOptions pictures = _labels with { ImageColumnName = "Picture" };
        Assert.Contains("there is no image column 'Picture'", Assert.Throws<TrainingDataException>(
            () => Run([pictures], folder: folder)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    private DistillationReport Run(IReadOnlyList<KnowledgeDistillationOptions> recipes, int folds = 5,
        IReadOnlyList<int>? seeds = null, string? folder = null) =>
        _ml.MulticlassClassification.CrossValidateDistillation(Data, recipes, folds, seeds, folder);
}
