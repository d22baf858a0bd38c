using System.CommandLine;
using Microsoft.ML;
using VisualSentiment.Tool.Screens;
using VisualSentiment.Tool.Training;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment evaluate</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var common = new TrainingSymbols();
        var recipes = new Option<string[]>("--recipe")
        {
            Description = $"The recipes, of which the first is compared with the others: "
                + $"{string.Join(", ", RecipeChoice.Names)}.",
            HelpName = "NAMES",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [RecipeChoice.Default],
        };
        recipes.AcceptOnlyFromAmong([.. RecipeChoice.Names]);
        var folds = new Option<int>("--folds")
        {
            Description = "The number of folds.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        }.Require(count => count >= 2, "at least 2");
        var seeds = new Option<int>("--seeds")
        {
            Description = "The number of seeds; each has its own folds.",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        }.Require(count => count >= 1, "at least 1");
        var seed = new Option<int>("--seed")
        {
            Description = "The first seed.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var output = TrainingSymbols.Output("evaluation",
            "The folder for report.html, report.md and report.json. A later run continues there.");
        Command command = new("evaluate", "Compares recipes by cross-validation.");
        command.Add(recipes);
        common.AddTo(command);
        foreach (Option option in (Option[])[folds, seeds, seed, output])
            command.Add(option);
        command.SetGuardedAction((result, cancellation) =>
        {
            var ml = new MLContext(seed: 1);
            TrainingDisplay.ShowWarnings(ml);
            TrainableTeacher teacher = TeacherChoice.Parse(result.GetRequiredValue(common.Teacher))!;
            string folder = result.GetRequiredValue(output);
            IDataView images = ml.Data.LoadImageFolder(result.GetRequiredValue(common.Folder));
            var unlabeled = result.GetValue(common.Unlabeled) is { } path
                ? new UnlabeledImages(ml.Data.LoadUnlabeledImages(path)) : null;
            KnowledgeDistillationOptions[] compared = [.. result.GetRequiredValue(recipes).Distinct().Select(name =>
                RecipeChoice.Create(name) with { Teacher = teacher, Unlabeled = unlabeled })];
            if (result.GetValue(common.Compare))
                compared =
                [
                    .. compared, compared[0].LabelsOnly(pretrained: false),
                    .. new[] { compared[0].LabelsOnly() }.Where(recipe => recipe.Student.IsPretrained),
                ];
            DistillationReport report = FoldsDisplay.Run(ml, progress =>
                ml.MulticlassClassification.CrossValidateDistillation(images, [.. compared.Select(recipe => recipe with
                {
                    CacheFolder = result.GetValue(common.Cache),
                    Progress = progress,
                    CancellationToken = cancellation,
                })], result.GetValue(folds), [.. Enumerable.Range(result.GetValue(seed), result.GetValue(seeds))], folder));
            Screen.Line();
            Screen.Line(report.ToMarkdown());
            Screen.Line($"Written to {folder}: report.html, report.md, report.json");
            return ExitCode.Success;
        });
        return command;
    }
}
