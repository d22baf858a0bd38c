using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Evaluation;
using VisualSentiment.Onnx.Export;
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
            [
                ("images", Describe(data, label)), ("folds", folds.ToString(CultureInfo.InvariantCulture)),
                ("image column", recipes[0].ImageColumnName), ("library version", OnnxExporter.LibraryVersion),
            ]);
        // Every fold uses the same images and, with one seed, the same views of them.
        string? cache = folder is null ? null : Path.Combine(folder, "cache");
        var validator = new CrossValidator(environment, log,
            [.. recipes.Select(recipe => recipe with { CacheFolder = recipe.CacheFolder ?? cache })], folds, runFolder);
        DistillationReport[][] reports = [.. runs.Select(run => validator.RunFold(run.Seed, run.Fold, run.Part))];
        DistillationReport report = validator.Join(reports);
        runFolder?.Write(report, $"{recipes[0].Recipe}: {folds} folds, seeds {string.Join(", ", seeds)}",
            reports[0][0].Settings.Where(setting => setting.Key != "seed").ToDictionary());
        return report;
    }

    // The report of each recipe.
    private DistillationReport[] RunFold(int seed, int fold, TrainTestData part)
    {
        using var teachers = new FoldTeachers(
            environment, part.TrainSet, teacher => LogStart(seed, fold, $"teacher {teacher.Name}"));
        DistillationReport RunRecipe(KnowledgeDistillationOptions recipe)
        {
            if (folder?.Find(seed, fold, recipe.Recipe) is { } report)
                return report;
            KnowledgeDistillationOptions options = recipe with { Seed = seed, KeepCalibrationImages = false };
            ITransformer? model = null;
            if (recipe.Loss.UsesTeacher && recipe.Teacher is TrainableTeacher teacher)
            {
                model = teachers.Train(teacher, options);
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
        return [.. recipes.Select(RunRecipe)];
    }

    private DistillationReport Join(DistillationReport[][] runs)
    {
        // The roles are those of EvaluateDistillation.
        KnowledgeDistillationOptions first = recipes[0];
        int hard = Find(labels => labels is { IsPretrained: false } && labels.Name == first.Student.FromScratch().Name),
            pretrained = Find(labels => labels is { IsPretrained: true } && labels.Name == first.Student.Name);
        return new DistillationReport(runs[0][0].Classes, [.. runs.Select((reports, i) => ComparedRecipes.Join(
            i + 1, reports[0].Outcomes[0],
            recipes.Zip(reports, (recipe, report) => (recipe.Recipe, report.Outcomes[0])).Skip(1),
            hard < 0 ? null : reports[hard].Outcomes[0], pretrained < 0 ? null : reports[pretrained].Outcomes[0]))]);

        int Find(Predicate<Student> isBaseline) => !first.Loss.UsesTeacher ? -1 : recipes.ToList().FindIndex(recipe =>
            recipe is { Loss.UsesTeacher: false, FeatureTeacher: null } && isBaseline(recipe.Student));
    }

    private void LogStart(int seed, int fold, string work) =>
        log.Info(MessageSensitivity.None, "seed {0}, fold {1} of {2}, {3}", seed, fold, folds, work);

    /// <summary>
    /// The number of images and a hash of their identities, on which the folds depend, of their order, and of their
    /// labels if they have any.
    /// </summary>
    internal static string Describe(IDataView data, string? labelColumn = null)
    {
        DataViewSchema.Column? label = labelColumn is null ? null : ClassLabelColumn.Find(data.Schema, labelColumn);
        using var images = new ImageIdentity(data, label);
        using DataViewRowCursor cursor = data.GetRowCursor(label is { } needed ? [needed] : []);
        Func<string?> read = label is { } column ? ClassLabelColumn.CreateGetter(cursor, column) : () => null;
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
