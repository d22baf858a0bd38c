using VisualSentiment;

namespace Distill;

/// <summary>The students that can be named on the command line.</summary>
internal static class StudentChoice
{
    public const string Paper = "paper";
    public const string Compact = "compact";
    public const string Help = $"{Paper} (the paper's) or {Compact} (for speed)";

    public static string? FindMistake(string? student) =>
        student is Paper or Compact ? null : $"'{student}' is no student. Choose {Help}.";

    public static Student Create(string student) => student == Compact ? Students.Compact : Students.Paper;
}
