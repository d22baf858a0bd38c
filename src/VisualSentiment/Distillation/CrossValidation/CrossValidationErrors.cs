namespace VisualSentiment.Distillation.CrossValidation;

/// <summary>Finds invalid arguments of a cross-validation.</summary>
internal static class CrossValidationErrors
{
    public static IEnumerable<string> Find(IReadOnlyList<KnowledgeDistillationOptions> recipes, int folds,
        IReadOnlyList<int> seeds, string? folder)
    {
        if (recipes.Count == 0)
            yield return "there are no recipes; at least one is required";
        // The names are parts of file names, which ignore case on some systems.
        foreach (var group in recipes.GroupBy(recipe => recipe.Recipe, StringComparer.OrdinalIgnoreCase))
            if (group.Count() > 1)
                yield return $"{group.Count()} recipes are named '{group.Key}'; set Recipe to names that differ "
                    + "by more than upper and lower case";
        foreach (var (option, values) in ((string, IEnumerable<string>)[])
        [
            (nameof(KnowledgeDistillationOptions.LabelColumnName), recipes.Select(recipe => recipe.LabelColumnName)),
            (nameof(KnowledgeDistillationOptions.ImageColumnName), recipes.Select(recipe => recipe.ImageColumnName)),
        ])
            if (values.Distinct(StringComparer.Ordinal).ToArray() is { Length: > 1 } different)
                yield return $"the recipes have different values of {option}: {string.Join(", ", different)}; use one";
        foreach (KnowledgeDistillationOptions recipe in recipes)
            foreach (string error in recipe.FindErrors().Concat(FindConflicts(recipe)))
                yield return $"recipe '{recipe.Recipe}': {error}";
        if (folds < 2)
            yield return $"{nameof(folds)} is {folds}; it must be at least 2";
        if (seeds.Count == 0)
            yield return $"{nameof(seeds)} is empty; pass at least one seed, or null for the seed of the MLContext";
        foreach (var group in seeds.GroupBy(seed => seed).Where(group => group.Count() > 1))
            yield return $"{nameof(seeds)} contains {group.Key} {group.Count()} times; use each seed once";
        if (folder is not null && (string.IsNullOrWhiteSpace(folder) || File.Exists(folder)))
            yield return $"{nameof(folder)} is '{folder}', which is not a folder; null writes no files";
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
