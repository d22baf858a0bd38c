using System.Diagnostics.Metrics;

namespace VisualSentiment.Cluster.Results;

/// <summary>The metrics of a silo. docs/scaling.md lists them.</summary>
internal sealed class TaggingMetrics
{
    public const string MeterName = "VisualSentiment.Tagging";

    private readonly Counter<long> _images, _shards;

    public TaggingMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _images = meter.CreateCounter<long>("visualsentiment.tagging.images", "{image}", "Images with a result.");
        _shards = meter.CreateCounter<long>(
            "visualsentiment.tagging.shards", "{shard}", "Attempts at shards that ended.");
    }

    public void Tagged(ImageRow[] rows)
    {
        int errors = rows.Count(row => row.Error is not null);
        _images.Add(rows.Length - errors, new KeyValuePair<string, object?>("result", "predicted"));
        if (errors > 0)
            _images.Add(errors, new KeyValuePair<string, object?>("result", "error"));
    }

    public void ShardEnded(string result) => _shards.Add(1, new KeyValuePair<string, object?>("result", result));
}
