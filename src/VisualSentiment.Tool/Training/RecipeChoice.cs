namespace VisualSentiment.Tool.Training;

/// <summary>The recipes on a command line.</summary>
internal static class RecipeChoice
{
    public const string Default = "balanced";

    private static readonly Dictionary<string, KnowledgeDistillationOptions> Recipes = new()
    {
        ["fast"] = DistillationRecipes.Fast,
        [Default] = DistillationRecipes.Balanced,
        ["accurate"] = DistillationRecipes.Accurate,
        ["paper"] = DistillationRecipes.Paper,
    };

    public static IEnumerable<string> Names => Recipes.Keys;

    public static KnowledgeDistillationOptions Create(string name) => Recipes[name];
}
