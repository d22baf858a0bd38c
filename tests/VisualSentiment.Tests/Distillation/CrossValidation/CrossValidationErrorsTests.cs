using Microsoft.ML;

namespace VisualSentiment.Tests.Distillation.CrossValidation;

public class CrossValidationErrorsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void All_errors_are_listed_before_any_work()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new { ImagePath = "awe/1.png", Label = "awe" } });
        string file = typeof(CrossValidationErrorsTests).Assembly.Location;
        KnowledgeDistillationOptions labels = new() { Recipe = "labels", Loss = DistillationLosses.HardLabels };

        string message = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.CrossValidateDistillation(data,
            [
                labels, labels with { Recipe = "Labels", LabelColumnName = "Mood" },
                labels with { Recipe = "fixed", Epochs = 0, Seed = 5, ValidationSet = data, CheckpointFolder = Path.GetTempPath() },
                labels with { Recipe = " ", ImageColumnName = "Picture" },
            ], folds: 1, seeds: [2, 2], folder: file)).Message;

        foreach (string error in (string[])
        [
            "The options have 11 errors:",
            "2 recipes are named 'labels'; set Recipe to different names",
            "the recipes have different values of LabelColumnName: Label, Mood; use one",
            "the recipes have different values of ImageColumnName: ImagePath, Picture; use one",
            "recipe 'fixed': Epochs is 0",
            "recipe 'fixed': ValidationSet is set, but each fold has its own training images; set ValidationFraction instead",
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
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new { ImagePath = "awe/1.png", Label = "awe" } });

        string message = Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.CrossValidateDistillation(data, [], seeds: [])).Message;

        Assert.Contains("there are no recipes; at least one is required", message, StringComparison.Ordinal);
        Assert.Contains("seeds is empty", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_cannot_be_split_leave_no_folder()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new { ImagePath = "awe/1.png", Label = "awe" } });
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        Assert.Contains("'awe' has 1", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.CrossValidateDistillation(data,
            [new() { Loss = DistillationLosses.HardLabels }], folder: folder)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }
}
