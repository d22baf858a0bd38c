namespace VisualSentiment.Tool.Training;

/// <summary>The recipes on a command line.</summary>
internal static class RecipeChoice
{
    public const string Default = "balanced";

    private const string Fast = "fast", Accurate = "accurate", Paper = "paper";

    public static IReadOnlyList<string> Names { get; } = [Fast, Default, Accurate, Paper];

    // Other commands do not load the weights of the students.
    public static KnowledgeDistillationOptions Create(string name) => name switch
    {
        Fast => DistillationRecipes.Fast,
        Accurate => DistillationRecipes.Accurate,
        Paper => DistillationRecipes.Paper,
        _ => DistillationRecipes.Balanced,
    };
}
