using VisualSentiment.Tool.Predictions;

namespace VisualSentiment.Tool.Tagging;

/// <summary>Waits for changes below a folder.</summary>
internal sealed class FolderChanges : IDisposable
{
    private readonly FileSystemWatcher? _watcher;
    private readonly ManualResetEventSlim _changed = new();
    private readonly string _results;

    /// <param name="folder">The folder.</param>
    /// <param name="results">The full path of the folder of the results, which is ignored.</param>
    public FolderChanges(string folder, string results)
    {
        _results = results + Path.DirectorySeparatorChar;
        try
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            _watcher.Created += Note;
            _watcher.Changed += Note;
            _watcher.Deleted += Note;
            _watcher.Renamed += Note;
            _watcher.Error += (_, _) => _changed.Set();
            _watcher.EnableRaisingEvents = true;
        }
        // The system limits the number of watched folders. The folder is then searched at intervals only.
        catch (IOException)
        {
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    /// <summary>Returns after a change, or after a time. Not every file system reports changes.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public void Wait(TimeSpan maximum, CancellationToken cancellation)
    {
        _changed.Wait(maximum, cancellation);
        _changed.Reset();
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }

    private void Note(object sender, FileSystemEventArgs change)
    {
        bool isFolder = Path.GetExtension(change.FullPath).Length == 0;
        if ((isFolder || ImageFiles.IsImage(change.FullPath))
            && !change.FullPath.StartsWith(_results, StringComparison.Ordinal))
            _changed.Set();
    }
}
