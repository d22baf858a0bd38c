namespace VisualSentiment.Networks.Pretrained;

/// <summary>How long a download is tried.</summary>
/// <param name="Attempts">Requests in all, before giving up; each goes on where the one before it broke off.</param>
/// <param name="FirstDelay">Time before the second attempt; doubled before each further one.</param>
/// <param name="Patience">Time without an answer or a byte of it after which an attempt has failed.</param>
internal sealed record DownloadPolicy(int Attempts, TimeSpan FirstDelay, TimeSpan Patience)
{
    public static DownloadPolicy Default { get; } = new(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    public TimeSpan DelayAfter(int attempt) => FirstDelay * Math.Pow(2, attempt - 1);
}
