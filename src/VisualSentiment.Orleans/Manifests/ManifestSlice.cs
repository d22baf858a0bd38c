namespace VisualSentiment.Cluster.Manifests;

/// <summary>The part of a manifest that is one shard.</summary>
/// <param name="Start">Gets the offset of the first byte.</param>
/// <param name="Length">Gets the number of bytes, including the last line break.</param>
/// <param name="Images">Gets the number of lines that are not empty.</param>
/// <param name="Hash">Gets the SHA-256 hash of the bytes, in hexadecimal digits.</param>
internal sealed record ManifestSlice(long Start, long Length, int Images, string Hash);
