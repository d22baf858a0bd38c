using System.Text.Json;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>The progress of a run, from which an interrupted run continues.</summary>
internal sealed class FuzzState
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The seed of the mutations.</summary>
    public required int Seed { get; init; }

    /// <summary>The progress by name of the format.</summary>
    public Dictionary<string, FuzzProgress> Formats { get; init; } = [];

    /// <exception cref="InvalidDataException">The file cannot be read, or has another seed.</exception>
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
                $"'{path}' cannot be read: {e.Message}. Delete it, or pass another --output.", e);
        }
        return state?.Seed == seed ? state
            : throw new InvalidDataException(
                $"'{path}' has the seed {state?.Seed}, not {seed}. Pass --seed {state?.Seed}, or another --output.");
    }

    public void Write(string path)
    {
        lock (this)
            OutputFile.Write(path, JsonSerializer.Serialize(this, Json));
    }
}

/// <summary>The progress of a format.</summary>
internal sealed class FuzzProgress
{
    /// <summary>The index of the first mutation that is not done.</summary>
    public long Next { get; set; }

    /// <summary>The number of findings of each kind.</summary>
    public Dictionary<string, int> Findings { get; init; } = [];
}
