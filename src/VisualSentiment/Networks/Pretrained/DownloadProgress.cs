namespace VisualSentiment.Networks.Pretrained;

/// <summary>How far a download has come.</summary>
/// <param name="BytesReceived">Bytes that lie on disk, those of an earlier, interrupted download included.</param>
/// <param name="TotalBytes">Bytes that the file will have.</param>
internal readonly record struct DownloadProgress(long BytesReceived, long TotalBytes);
