using System.CommandLine;
using VisualSentiment.Tool.Training;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment train</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var common = new TrainingSymbols();
        var recipe = new Option<string>("--recipe")
        {
            Description = $"The recipe: {string.Join(", ", RecipeChoice.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => RecipeChoice.Default,
        }.AcceptOnlyFromAmong([.. RecipeChoice.Names]);
        var test = new Option<double>("--test-fraction")
        {
            Description = "The fraction of each class that is tested, not trained on.",
            HelpName = "FRACTION",
            DefaultValueFactory = _ => 0.2,
        }.Require(fraction => fraction is > 0 and < 1, "between 0 and 1");
        var seed = new Option<int>("--seed")
        {
            Description = "The seed of the split and the training.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var output = TrainingSymbols.Output("model",
            "The folder for student.onnx, teacher.onnx, report.html, report.md and report.json.");
        Command command = new("train", "Trains a teacher and a student, and evaluates them on test images.");
        command.Add(recipe);
        common.AddTo(command);
        foreach (Option option in (Option[])[test, seed, output])
            command.Add(option);
        command.SetGuardedAction((result, cancellation) =>
        {
            new TrainJob(new TrainSettings
            {
                Folder = result.GetRequiredValue(common.Folder),
                Teacher = TeacherChoice.Parse(result.GetRequiredValue(common.Teacher))!,
                Recipe = RecipeChoice.Create(result.GetRequiredValue(recipe)),
                Unlabeled = result.GetValue(common.Unlabeled),
                Compare = result.GetValue(common.Compare),
                Cache = result.GetValue(common.Cache),
                TestFraction = result.GetValue(test),
                Seed = result.GetValue(seed),
                Output = result.GetRequiredValue(output),
            }, cancellation).Run();
            return ExitCode.Success;
        });
        return command;
    }
}
