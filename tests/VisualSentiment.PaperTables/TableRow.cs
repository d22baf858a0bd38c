using System.Text.Json.Serialization;

namespace PaperTables;

/// <summary>One network of Tables 3 and 4, trained and tested, or left out.</summary>
internal sealed record TableRow
{
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>The temperature of distillation; null for a network that learns from labels.</summary>
    public double? Temperature { get; init; }

    /// <summary>The teacher; null for a network that is trained on labels.</summary>
    public string? Teacher { get; init; }

    /// <summary>Why it was not trained; null where it was.</summary>
    public string? LeftOut { get; init; }

    /// <summary>How long training takes, extrapolated from the first steps; null where it has none.</summary>
    public double? EstimatedHours { get; init; }

    /// <summary>A training step's milliseconds an image: the median over the steps; null where there are none.</summary>
    public double? StepMilliseconds { get; init; }

    /// <summary>How long training took: the epochs alone, without decoding and without asking the teacher.</summary>
    public double? Seconds { get; init; }

    /// <summary>How many test images it was asked about.</summary>
    public int Tests { get; init; }

    /// <summary>How many of them it told rightly.</summary>
    public int Right { get; init; }

    /// <summary>The mean loss of each epoch.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>The share of test images that it tells rightly; null where it was left out.</summary>
    [JsonIgnore]
    public double? Accuracy => Tests == 0 ? null : (double)Right / Tests;

    /// <summary>The same network over several parts: tests added up, seconds and steps averaged.</summary>
    public static TableRow Combine(IReadOnlyList<TableRow> parts) => parts[0] with
    {
        LeftOut = parts.Select(row => row.LeftOut).FirstOrDefault(reason => reason is not null),
        Seconds = parts.Average(row => row.Seconds),
        StepMilliseconds = parts.Average(row => row.StepMilliseconds),
        Tests = parts.Sum(row => row.Tests),
        Right = parts.Sum(row => row.Right),
        Losses = [],
    };
}
