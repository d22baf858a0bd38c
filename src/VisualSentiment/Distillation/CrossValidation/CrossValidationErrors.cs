namespace VisualSentiment.Distillation.CrossValidation;

/// <summary>Finds invalid arguments of a cross-validation and of tuning.</summary>
internal static class CrossValidationErrors
{
    public static IEnumerable<string> Find(IReadOnlyList<KnowledgeDistillationOptions> recipes, int folds,
        IReadOnlyList<int> seeds, string? folder)
    {
        // The names are parts of file names, which ignore case on some systems.
        foreach (var group in recipes.GroupBy(recipe => recipe.Recipe, StringComparer.OrdinalIgnoreCase))
            if (group.Count() > 1)
                yield return $"{group.Count()} recipes are named '{group.Key}'; set Recipe to names that differ "
                    + "by more than upper and lower case";
        foreach (string error in FindCommon("recipes", recipes, (_, recipe) => $"recipe '{recipe.Recipe}'", folds)
            .Concat(FindDifference("recipes", nameof(KnowledgeDistillationOptions.ImageColumnName),
                recipes.Select(recipe => recipe.ImageColumnName))))
            yield return error;
        foreach (KnowledgeDistillationOptions recipe in recipes)
            foreach (string error in FindConflicts(recipe))
                yield return $"recipe '{recipe.Recipe}': {error}";
        if (seeds.Count == 0)
            yield return $"{nameof(seeds)} is empty; pass at least one seed, or null for the seed of the MLContext";
        foreach (var group in seeds.GroupBy(seed => seed).Where(group => group.Count() > 1))
            yield return $"{nameof(seeds)} contains {group.Key} {group.Count()} times; use each seed once";
        if (folder is not null && (string.IsNullOrWhiteSpace(folder) || File.Exists(folder)))
            yield return $"{nameof(folder)} is '{folder}', which is not a folder; null writes no files";
    }

    public static IEnumerable<string> FindForTuning(
        IReadOnlyList<KnowledgeDistillationOptions> candidates, int folds, TimeSpan? budget)
    {
        foreach (string error in FindCommon("candidates", candidates, (i, _) => $"candidate {i + 1}", folds))
            yield return error;
        if (budget < TimeSpan.Zero)
            yield return $"{nameof(budget)} is {budget}; it must be at least 0, or null for no limit";
    }

    private static IEnumerable<string> FindCommon(string kind, IReadOnlyList<KnowledgeDistillationOptions> all,
        Func<int, KnowledgeDistillationOptions, string> nameOf, int folds)
    {
        if (all.Count == 0)
            yield return $"there are no {kind}; at least one is required";
        foreach (string error in FindDifference(kind, nameof(KnowledgeDistillationOptions.LabelColumnName),
            all.Select(options => options.LabelColumnName)))
            yield return error;
        foreach (var (i, options) in all.Index())
            foreach (string error in options.FindErrors())
                yield return $"{nameOf(i, options)}: {error}";
        if (folds < 2)
            yield return $"{nameof(folds)} is {folds}; it must be at least 2";
    }

    private static IEnumerable<string> FindDifference(string kind, string option, IEnumerable<string> values)
    {
        if (values.Distinct(StringComparer.Ordinal).ToArray() is { Length: > 1 } different)
            yield return $"the {kind} have different values of {option}: {string.Join(", ", different)}; use one";
    }

    private static IEnumerable<string> FindConflicts(KnowledgeDistillationOptions recipe)
    {
        if (recipe.ValidationSet is not null)
            yield return $"{nameof(recipe.ValidationSet)} is set, but each fold has its own training images; "
                + $"set {nameof(recipe.ValidationFraction)} instead";
        if (recipe.Seed is { } seed)
            yield return $"{nameof(recipe.Seed)} is {seed}, but each run has its own seed; "
                + "leave it null and pass seeds";
        if (recipe.CheckpointFolder is not null)
            yield return $"{nameof(recipe.CheckpointFolder)} is set, but runs cannot share checkpoints; "
                + "leave it null, and pass a folder, which resumes after the last complete run";
    }
}
