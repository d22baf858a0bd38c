using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VisualSentiment.Cluster.Ledger;

namespace VisualSentiment.Cluster.Results;

/// <summary>
/// The file of a shard. It is written under a temporary name and never changes after it was renamed. Its name contains
/// a hash of all that decides its content, and of the job, because images may have changed between two jobs.
/// </summary>
internal sealed class ResultFile : IAsyncDisposable
{
    private const int HashLength = 16;

    private readonly string _path, _unfinished;
    private readonly FileStream _stream;
    private readonly ResultWriter _writer;

    /// <exception cref="IOException">The file cannot be created.</exception>
    public ResultFile(ShardLease lease, JobRow job, IReadOnlyList<string> classes)
    {
        TaggingJobOptions options = job.Options;
        string content = string.Join('\n',
            lease.Job, lease.Slice.Hash, job.Model, options.Format, options.RootFolder);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..HashLength];
        Name = string.Create(CultureInfo.InvariantCulture,
            $"part-{lease.Shard:D8}-{hash}{ResultWriter.ExtensionOf(options.Format)}");
        Directory.CreateDirectory(options.Output);
        _path = Path.Combine(options.Output, Name);
        for (long earlier = 1; earlier < lease.Attempt; earlier++)
            File.Delete(Unfinished(earlier));
        _unfinished = Unfinished(lease.Attempt);
        _stream = new FileStream(_unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        _writer = ResultWriter.Create(options.Format, _stream, classes);

        string Unfinished(long attempt) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{attempt}.tmp");
    }

    /// <summary>Gets the name of the file.</summary>
    public string Name { get; }

    public void Write(ImageRow row) => _writer.Write(row);

    /// <summary>Renames the file. If an earlier attempt has done so, its file stays.</summary>
    public async Task CommitAsync()
    {
        await _writer.FinishAsync();
        _writer.Dispose();
        // Without this, a crash of the system after the rename could leave a file with missing content.
        _stream.Flush(flushToDisk: true);
        await _stream.DisposeAsync();
        try
        {
            File.Move(_unfinished, _path);
        }
        catch (IOException) when (File.Exists(_path))
        {
        }
    }

    /// <summary>Deletes the temporary file, if it was not renamed.</summary>
    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await _stream.DisposeAsync();
        File.Delete(_unfinished);
    }
}
