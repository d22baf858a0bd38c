using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Evaluation;
using VisualSentiment.Teaching;
using static Microsoft.ML.DataOperationsCatalog;

namespace VisualSentiment.Distillation.CrossValidation;

/// <summary>Trains and evaluates every recipe on every fold of every seed.</summary>
internal sealed class CrossValidator(IHostEnvironment environment, IChannel log,
    IReadOnlyList<KnowledgeDistillationOptions> recipes, int folds, RunFolder? folder)
{
    public static DistillationReport Run(IHostEnvironment environment, IDataView data,
        IReadOnlyList<KnowledgeDistillationOptions> recipes, int folds, IReadOnlyList<int> seeds, string? folder)
    {
        using IChannel log = environment.Start(nameof(VisualSentimentCatalog.CrossValidateDistillation));
        string label = recipes[0].LabelColumnName;
        // Invalid data are reported before the folder is created.
        foreach (KnowledgeDistillationOptions recipe in recipes)
            recipe.ThrowIfColumnsUnfit(SentimentSchema.ShapeOf(data.Schema), recipe.Unlabeled?.Images);
        IReadOnlyList<TrainTestData>[] parts =
            [.. seeds.Select(seed => StratifiedParts.Folds(data, folds, label, seed))];
        (int Seed, int Fold, TrainTestData Part)[] runs = [.. seeds.Zip(parts, (seed, split) =>
            split.Select((part, i) => (seed, i + 1, part))).SelectMany(split => split)];
        using RunFolder? runFolder = folder is null ? null : RunFolder.Open(folder);
        runFolder?.Read(recipes, [.. runs.Select(run => (run.Seed, run.Fold))],
            [("images", Describe(data, label)), ("folds", folds.ToString(CultureInfo.InvariantCulture))]);
        // Every fold uses the same images and, with one seed, the same views of them.
        string? cache = folder is null ? null : Path.Combine(folder, "cache");
        var validator = new CrossValidator(environment, log,
            [.. recipes.Select(recipe => recipe with { CacheFolder = recipe.CacheFolder ?? cache })], folds, runFolder);
        DistillationReport report = validator.Join(
            [.. runs.Select(run => validator.RunFold(run.Seed, run.Fold, run.Part))]);
        runFolder?.Write(report, $"{recipes[0].Recipe}: {folds} folds, seeds {string.Join(", ", seeds)}", recipes[0]);
        return report;
    }

    // The report of each recipe.
    private DistillationReport[] RunFold(int seed, int fold, TrainTestData part)
    {
        // Recipes that read other pixels or other training images cannot share a teacher.
        Dictionary<(TrainableTeacher, ImageFit, double), TeacherTransformer> trained = [];
        TeacherTransformer Train(TrainableTeacher teacher, KnowledgeDistillationOptions recipe)
        {
            var key = (teacher, recipe.ImageFit, recipe.ValidationFraction);
            if (!trained.TryGetValue(key, out TeacherTransformer? model))
            {
                LogStart(seed, fold, $"teacher {teacher.Name}");
                trained[key] = model = new TeacherTrainer(environment, new TeacherOptions
                {
                    Teacher = teacher,
                    LabelColumnName = recipe.LabelColumnName,
                    ImageColumnName = recipe.ImageColumnName,
                    ImageFit = recipe.ImageFit,
                    ValidationFraction = recipe.ValidationFraction,
                    CacheFolder = recipe.CacheFolder,
                    CacheLimit = recipe.CacheLimit,
                    Seed = seed,
                    Device = recipe.Device,
                    Progress = recipe.Progress,
                    CancellationToken = recipe.CancellationToken,
                }).Fit(part.TrainSet);
            }
            return model;
        }
        DistillationReport RunRecipe(KnowledgeDistillationOptions recipe)
        {
            if (folder?.Find(seed, fold, recipe.Recipe) is { } report)
                return report;
            KnowledgeDistillationOptions options = recipe with { Seed = seed, KeepCalibrationImages = false };
            ITransformer? model = null;
            if (recipe.Loss.UsesTeacher && recipe.Teacher is TrainableTeacher teacher)
            {
                model = Train(teacher, recipe);
                options = options with { Teacher = Teachers.FromModel(model) };
            }
            else if (recipe.Loss.UsesTeacher)
                model = (recipe.Teacher as ModelTeacher)?.Evaluated;
            LogStart(seed, fold, $"recipe {recipe.Recipe}");
            using var student = new KnowledgeDistillationTrainer(environment, options).Fit(part.TrainSet);
            report = DistillationEvaluation.Run(
                part.TestSet, student, model, hardLabelStudent: null, pretrainedHardLabelStudent: null,
                recipe.LabelColumnName, new());
            folder?.Save(seed, fold, recipe.Recipe, report);
            return report;
        }
        try
        {
            return [.. recipes.Select(RunRecipe)];
        }
        finally
        {
            foreach (TeacherTransformer model in trained.Values)
                model.Dispose();
        }
    }

    private DistillationReport Join(IReadOnlyList<DistillationReport[]> runs)
    {
        int hard = !recipes[0].Loss.UsesTeacher ? -1 : recipes.ToList().FindIndex(recipe =>
            recipe is { Loss.UsesTeacher: false, FeatureTeacher: null });
        return new DistillationReport(runs[0][0].Classes, [.. runs.Select((reports, i) => ComparedRecipes.Join(
            i + 1, reports[0].Outcomes[0],
            recipes.Zip(reports, (recipe, report) => (recipe.Recipe, report.Outcomes[0])).Skip(1),
            hard < 0 ? null : reports[hard].Outcomes[0]))]);
    }

    private void LogStart(int seed, int fold, string work) =>
        log.Info(MessageSensitivity.None, "seed {0}, fold {1} of {2}, {3}", seed, fold, folds, work);

    // The folds depend on identities and labels, and training also on the order of rows.
    private static string Describe(IDataView data, string labelColumn)
    {
        DataViewSchema.Column label = ClassLabelColumn.Find(data.Schema, labelColumn);
        using var images = new ImageIdentity(data, label);
        using DataViewRowCursor cursor = data.GetRowCursor([label]);
        Func<string?> read = ClassLabelColumn.CreateGetter(cursor, label);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] identity = new byte[sizeof(ulong)];
        int count = 0;
        for (; images.MoveNext() && cursor.MoveNext(); count++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(identity, images.Current);
            hash.AppendData(identity);
            hash.AppendData(Encoding.UTF8.GetBytes($"{read()}\0"));
        }
        return $"{count} with hash {Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }
}
