using System.Collections.Concurrent;

namespace VisualSentiment.OrleansTests;

/// <summary>Counts how often each file was predicted, and may wait or fail.</summary>
internal sealed class FakeDetector : ISentimentDetector
{
    private int _inProgress, _maxInProgress;

    public IReadOnlyList<string> Classes => ["calm", "hope", "rage"];

    public ConcurrentDictionary<string, int> Predicted { get; } = new();

    /// <summary>Runs before a file is predicted. It receives the name of the file.</summary>
    public Action<string> Before { get; set; } = _ => { };

    public int MaxInProgress => _maxInProgress;

    public SentimentPrediction Predict(ReadOnlyMemory<byte> encoded)
    {
        float rage = encoded.Span[^1] / 255f;
        return new SentimentPrediction(new Dictionary<string, float> { ["calm"] = 1 - rage, ["hope"] = 0, ["rage"] = rage });
    }

    public SentimentPrediction Predict(string path)
    {
        int current = Interlocked.Increment(ref _inProgress);
        InterlockedMax(ref _maxInProgress, current);
        try
        {
            string name = Path.GetFileName(path);
            Before(name);
            Predicted.AddOrUpdate(name, 1, (_, count) => count + 1);
            try
            {
                return Predict(File.ReadAllBytes(path));
            }
            catch (IOException e)
            {
                throw new UnreadableImageException(path, e.Message, e);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inProgress);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int known = target; value > known;)
            known = Interlocked.CompareExchange(ref target, value, known) is var found && found == known ? value : found;
    }
}
