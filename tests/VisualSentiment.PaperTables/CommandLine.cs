using System.CommandLine;

namespace PaperTables;

/// <summary>The options of the sample.</summary>
internal static class CommandLine
{
    public static RootCommand Create(Func<PaperSettings, CancellationToken, int> run)
    {
        Option<string?> data = new("--data") { Description = "A folder with one subfolder of images per class, a folder with files named as in ArtPhoto, or a .csv file of files and labels. [default: a few painted images]" };
        Option<int> images = new("--images") { Description = "Painted images per mood.", DefaultValueFactory = _ => 30 };
        Option<string?> teacher = new("--teacher") { Description = $"The teacher: {TeacherSource.Help}. [default: {RowKeys.ResNet50}; {TeacherSource.ConvNet} for painted images]" };
        Option<string?> weights = new("--weights") { Description = "ResNet-50's pretrained weights: a .safetensors file, or 'imagenet' to download them once." };
        Option<string> temperatures = new("--temperatures") { Description = "The temperatures of distillation.", DefaultValueFactory = _ => "3,4,5,6,7,8" };
        Option<int> folds = new("--folds") { Description = "Number of cross-validation folds, in addition to the split (0 = off).", DefaultValueFactory = _ => 0 };
        Option<NetworkChoice> networks = new("--networks") { Description = "Which of ResNet-50, VGGNet and AlexNet to train: those within the budget (fitting), all, or none (light).", DefaultValueFactory = _ => NetworkChoice.Fitting };
        Option<double?> budget = new("--budget") { Description = "Maximum training time of a network in hours. A network whose training would take longer is left out. [default: 2; 0.05 for painted images]" };
        Option<int?> epochs = new("--epochs") { Description = "Epochs of the student. [default: 10; 4 for painted images]" };
        Option<int?> teacherEpochs = new("--teacher-epochs") { Description = "Epochs of networks that are trained end to end. [default: 30; 5 for painted images]" };
        Option<int> batchSize = new("--batch-size") { Description = "Images per training step.", DefaultValueFactory = _ => 20 };
        Option<double?> testFraction = new("--test-fraction") { Description = "Share of each class that is held out for testing. [default: 0.1; 0.25 for painted images]" };
        Option<int> seed = new("--seed") { Description = "Seed of the split, the initial weights and the order of images.", DefaultValueFactory = _ => 1 };
        Option<string?> cache = new("--cache") { Description = "A folder for decoded images and teacher outputs. [default: cache in the output folder]" };
        Option<string> output = new("--output") { Description = "The folder for tables.md, tables.json, the plots and every finished row. A second run continues from there.", DefaultValueFactory = _ => "output" };

        RootCommand command = new("Reproduces Tables 1 to 4 of the paper with the networks of this library.")
        {
            data, images, teacher, weights, temperatures, folds, networks, budget, epochs, teacherEpochs, batchSize, testFraction, seed, cache, output,
        };
        teacher.Validators.Add(result =>
        {
            if (TeacherSource.FindError(result.GetValueOrDefault<string?>()) is { } error)
                result.AddError(error);
        });
        Require(temperatures, text => ReadTemperatures(text) is { Length: > 0 }, "numbers above 0, separated by commas");
        Require(images, value => value >= 2, "at least 2");
        Require(folds, value => value is 0 or >= 2, "0 or at least 2");
        Require(budget, value => value is null or > 0, "above 0");
        Require(epochs, value => value is null or >= 1, "at least 1");
        Require(teacherEpochs, value => value is null or >= 1, "at least 1");
        Require(batchSize, value => value >= 1, "at least 1");
        Require(output, value => value is not ['-', ..], "a folder whose name does not start with a hyphen");
        Require(testFraction, fraction => fraction is null or (> 0 and < 1), "between 0 and 1");
        command.SetAction((result, cancellation) =>
        {
            bool painted = result.GetValue(data) is null;
            string? named = result.GetValue(teacher) ?? (painted ? TeacherSource.ConvNet : null);
            return Task.Run(() => run(new PaperSettings
            {
                Data = result.GetValue(data),
                Images = result.GetValue(images),
                Teacher = named == RowKeys.ResNet50 ? null : named,
                Weights = result.GetValue(weights),
                Output = result.GetRequiredValue(output),
                Temperatures = ReadTemperatures(result.GetRequiredValue(temperatures))!,
                Folds = result.GetValue(folds),
                Networks = result.GetValue(networks),
                Budget = result.GetValue(budget) ?? (painted ? 0.05 : 2),
                Epochs = result.GetValue(epochs) ?? (painted ? 4 : 10),
                TeacherEpochs = result.GetValue(teacherEpochs) ?? (painted ? 5 : 30),
                BatchSize = result.GetValue(batchSize),
                TestFraction = result.GetValue(testFraction) ?? (painted ? 0.25 : 0.1),
                Seed = result.GetValue(seed),
                Cache = result.GetValue(cache) ?? Path.Combine(result.GetRequiredValue(output), "cache"),
            }, cancellation), CancellationToken.None);
        });
        return command;
    }

    private static double[]? ReadTemperatures(string? text)
    {
        string[] parts = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        double[] values = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (!double.TryParse(parts[i], System.Globalization.CultureInfo.InvariantCulture, out values[i]) || !(values[i] > 0) || double.IsInfinity(values[i]))
                return null;
        return [.. values.Distinct().Order()];
    }

    private static void Require<T>(Option<T> option, Func<T?, bool> holds, string range) => option.Validators.Add(result =>
    {
        try
        {
            if (holds(result.GetValueOrDefault<T>()))
                return;
        }
        catch (InvalidOperationException)
        {
            // The value is not a number.
        }
        result.AddError($"{option.Name} is {result.Tokens[0].Value}; it must be {range}.");
    });
}
