namespace VisualSentiment.Hosting;

/// <summary>A model that is disposed after its last use.</summary>
internal sealed class LoadedModel(SentimentDetector detector, DateTimeOffset loadedAt)
{
    // The owner is the first user.
    private int _users = 1;

    public SentimentDetector Detector => detector;

    public DateTimeOffset LoadedAt => loadedAt;

    /// <summary>Adds a user, unless the model is disposed.</summary>
    public bool TryRent()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
                return true;
            users = before;
        }
        return false;
    }

    /// <summary>Removes a user.</summary>
    public void Return()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            detector.Dispose();
    }
}
