using VisualSentiment;

namespace Distill;

/// <summary>The students that can be named on the command line.</summary>
internal static class StudentChoice
{
    public const string Paper = "paper";
    public const string Compact = "compact";
    private const string CompactSmall = "compact-small";
    public const string Help = $"{Paper} (the paper's), {Compact} (fast and accurate) or {CompactSmall} (faster)";

    public static string? FindError(string? student) => student is Paper or Compact or CompactSmall ? null
        : $"'{student}' is not a student. Choose {Help}.";

    public static Student Create(string student) => student switch
    {
        Paper => Students.Paper,
        Compact => Students.Compact,
        _ => Students.CompactSmall,
    };
}
