using VisualSentiment;

namespace Distill;

/// <summary>The students that can be named on the command line.</summary>
internal static class StudentChoice
{
    public const string Paper = "paper";
    public const string Compact = "compact";
    private const string CompactSmall = "compact-small";
    public const string Help = $"{Paper} (the paper's), {Compact} (fast and accurate), {CompactSmall} (faster), or {Cut}FILE (the first layers of an image network)";
    private const string Cut = "cut:";

    public static string? FindMistake(string? student) => student is Paper or Compact or CompactSmall || FileOf(student) is { Length: > 0 } ? null
        : $"'{student}' is no student. Choose {Help}.";

    /// <summary>The file that the student is cut from; null where it is cut from none.</summary>
    public static string? FileOf(string? student) => student?.StartsWith(Cut, StringComparison.Ordinal) == true ? student[Cut.Length..] : null;

    public static Student Create(string student) => student switch
    {
        Paper => Students.Paper,
        Compact => Students.Compact,
        CompactSmall => Students.CompactSmall,
        _ => Students.CutFrom(FileOf(student)!),
    };
}
