using System.Text.Json;
using VisualSentiment.Evaluation.Diagnostics;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>How far a run is: what an interrupted one continues with.</summary>
internal sealed class FuzzState
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The seed of the mutations.</summary>
    public required int Seed { get; init; }

    /// <summary>By name of the format.</summary>
    public Dictionary<string, FuzzProgress> Formats { get; init; } = [];

    /// <exception cref="InvalidDataException">The file cannot be read, or is of another seed.</exception>
    public static FuzzState ReadOrCreate(string path, int seed)
    {
        if (!File.Exists(path))
            return new FuzzState { Seed = seed };
        FuzzState? state;
        try
        {
            state = JsonSerializer.Deserialize<FuzzState>(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"'{path}' cannot be read: {e.Message}. Delete it, or give another --output.", e);
        }
        return state?.Seed == seed ? state
            : throw new InvalidDataException(
                $"'{path}' is of seed {state?.Seed}, not {seed}. Give --seed {state?.Seed}, or another --output.");
    }

    public void Write(string path)
    {
        lock (this)
            OutputFile.Write(path, JsonSerializer.Serialize(this, Json));
    }
}

/// <summary>How far a format is.</summary>
internal sealed class FuzzProgress
{
    /// <summary>The first mutation that is not done.</summary>
    public long Next { get; set; }

    /// <summary>How many findings there are of each kind.</summary>
    public Dictionary<string, int> Findings { get; init; } = [];
}
