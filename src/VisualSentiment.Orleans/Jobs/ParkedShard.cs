namespace VisualSentiment;

/// <summary>A shard that failed too often.</summary>
/// <param name="Shard">Gets the number of the shard, from 0.</param>
/// <param name="Images">Gets the number of its images.</param>
/// <param name="FirstImage">Gets its first line of the manifest.</param>
/// <param name="Problem">Gets the reason of the last failure.</param>
[GenerateSerializer, Immutable]
public sealed record ParkedShard(
    [property: Id(0)] long Shard, [property: Id(1)] int Images, [property: Id(2)] string FirstImage,
    [property: Id(3)] string Problem);
