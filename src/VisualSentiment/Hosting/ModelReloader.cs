using Microsoft.Extensions.Logging;

namespace VisualSentiment.Hosting;

/// <summary>
/// Reloads the model of a detector when its file changes. Notifications of the file system only make it check earlier:
/// they are missing on network drives, for the targets of links, and after a folder was replaced.
/// </summary>
internal sealed class ModelReloader : IDisposable
{
    /// <summary>The time for which a file must not change before it is read.</summary>
    public static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(250);

    /// <summary>The time between checks without notifications.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly HostedSentimentDetector _detector;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly FileSystemWatcher? _watcher;
    private FileVersion? _seen, _handled, _failed;
    private int _isCheckNear;
    private bool _disposed;

    /// <param name="detector">The detector.</param>
    /// <param name="loaded">The version of the file that the detector has loaded.</param>
    /// <param name="logger">Receives a warning if the file system has no notifications.</param>
    /// <param name="time">The time for the checks.</param>
    public ModelReloader(HostedSentimentDetector detector, FileVersion? loaded, ILogger logger, TimeProvider time)
    {
        _detector = detector;
        _seen = _handled = loaded;
        // The timer must not keep the request that resolved the detector.
        bool flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
            ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(_ => Check(), state: null, Interval, Timeout.InfiniteTimeSpan);
        _watcher = Watch(logger);
        if (flows)
            ExecutionContext.RestoreFlow();
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    private FileSystemWatcher? Watch(ILogger logger)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            // The target of a link changes when its folder does, for example '..data' in a Kubernetes volume.
            watcher = new FileSystemWatcher(Path.GetDirectoryName(_detector.ModelPath)!);
            watcher.Changed += (_, _) => CheckSoon();
            watcher.Created += (_, _) => CheckSoon();
            watcher.Deleted += (_, _) => CheckSoon();
            watcher.Renamed += (_, _) => CheckSoon();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException
            or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            HostingLog.NotWatched(logger, _detector.Name, _detector.ModelPath, Interval.TotalSeconds, e);
            return null;
        }
    }

    private void CheckSoon()
    {
        // A busy folder must not postpone the check.
        if (Interlocked.Exchange(ref _isCheckNear, 1) == 0)
            _timer.Change(Debounce, Timeout.InfiniteTimeSpan);
    }

    private void Check()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            Volatile.Write(ref _isCheckNear, 0);
            FileVersion? version = FileVersion.Of(_detector.ModelPath);
            if (version != _handled && version == _seen)
                Handle(version);
            _seen = version;
            bool isDone = version == _handled;
            if (!isDone)
                Volatile.Write(ref _isCheckNear, 1);
            _timer.Change(isDone ? Interval : Debounce, Timeout.InfiniteTimeSpan);
        }
    }

    private void Handle(FileVersion? version)
    {
        try
        {
            if (version is null)
                _detector.FileMissing();
            else
                _detector.Reload();
            _failed = null;
        }
        // A callback of the application may throw anything, and would end the process here.
        catch (Exception e)
        {
            // It may have changed while it was read.
            if (FileVersion.Of(_detector.ModelPath) != version)
                return;
            if (version != _failed)
                _detector.ReloadFailed(e);
            _failed = version;
            // A locked or protected file may become readable without a change.
            if (e.InnerException is IOException or UnauthorizedAccessException)
                return;
        }
        _handled = version;
    }
}

/// <summary>What distinguishes two versions of a file, without reading it.</summary>
/// <param name="Length">The number of bytes.</param>
/// <param name="Written">The time of the last change.</param>
/// <param name="Created">The time when the file was created, which differs if it was replaced.</param>
internal readonly record struct FileVersion(long Length, DateTime Written, DateTime Created)
{
    /// <summary>The version of a file, or of the target of a link; null if it is missing.</summary>
    public static FileVersion? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                file = target;
            return file.Exists ? new(file.Length, file.LastWriteTimeUtc, file.CreationTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A failed reload.</summary>
/// <param name="At">The time of the failure.</param>
/// <param name="Message">The cause.</param>
internal sealed record ReloadFailure(DateTimeOffset At, string Message);
