using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Runtime;
using Microsoft.Win32.SafeHandles;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>Computes values from the pixels of one image.</summary>
internal delegate void PixelFunction<in TState>(TState state, ReadOnlySpan<byte> pixels, Span<float> values);

/// <summary>
/// Caches a teacher's outputs in memory, or in a file if a folder is given; both are bounded. The key is a hash of the
/// 224 x 224 pixels after preprocessing and augmentation, so that changes of the data cannot return another image's
/// values. Thread-safe.
/// </summary>
/// <remarks>
/// The file starts with a header that identifies the teacher. A record is the key (16 bytes), the values (4 bytes each)
/// and a checksum (8 bytes). Records with a wrong checksum are ignored, and an incomplete last record is overwritten.
/// </remarks>
internal sealed class TeacherCache : IDisposable
{
    /// <summary>The maximum number of bytes in memory without a file.</summary>
    public const long MemoryLimit = 512L << 20;

    // Several parts of a process may use the file of one teacher, which is open only once.
    private static readonly Dictionary<string, (TeacherCache Cache, int Users)> Shared = new(StringComparer.Ordinal);

    private const int KeyBytes = 16, ChecksumBytes = 8;
    private static ReadOnlySpan<byte> Magic => "VSTEACH1"u8;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, float[]> _memory = [];
    private readonly Dictionary<UInt128, long> _records = [];
    private readonly FileStream? _file;
    private readonly long _limit;

    // A reused buffer for the record that is written, under the lock.
    private readonly byte[] _record;
    private long _end;
    private bool _isReadOnly;
    private IChannel? _log;
    private string? _sharedPath;

    private TeacherCache(int width, FileStream? file, long limit, IChannel? log = null)
    {
        _log = log;
        Width = width;
        _file = file;
        _limit = limit;
        _record = file is null ? [] : new byte[RecordBytes];
    }

    /// <summary>The number of values per image.</summary>
    public int Width { get; }

    /// <summary>The number of cached images.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _memory.Count + _records.Count;
        }
    }

    /// <summary>Writes a record at a position of the file; tests replace it to simulate a full disk.</summary>
    internal Action<SafeFileHandle, byte[], long> WriteRecord { get; set; } =
        (file, record, position) => RandomAccess.Write(file, record, position);

    private int RecordBytes => KeyBytes + Width * sizeof(float) + ChecksumBytes;

    /// <summary>Computes the key of an image.</summary>
    public static UInt128 KeyOf(ReadOnlySpan<byte> pixels)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pixels, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    public static TeacherCache InMemory(int width, long limit = MemoryLimit) => new(width, null, limit);

    /// <summary>Opens the cache of a teacher in the run's folder, or in memory, where all parts of the run share it.</summary>
    public static TeacherCache Open(TrainingRun run, string fingerprint, int width)
    {
        if (run.CacheFolder is not null)
            return Open(run.CacheFolder, fingerprint, width, run.CacheLimit, run.Log);
        lock (run.Shared)
        {
            string name = $"{nameof(TeacherCache)} {fingerprint} {width}";
            if (!run.Shared.TryGetValue(name, out object? cache))
                run.Shared.Add(name, cache = InMemory(width));
            return (TeacherCache)cache;
        }
    }

    /// <summary>
    /// Opens or creates the file of a teacher, identified by its weights and input normalization, in a folder. Without
    /// a folder, or if another process has the file open, the cache is in memory. The limit is in bytes. The log
    /// receives a warning if the file is in use, full, or cannot be written.
    /// </summary>
    public static TeacherCache Open(string? folder, string fingerprint, int width,
        long limit = ImageTrainingOptions.DefaultCacheLimit, IChannel? log = null)
    {
        if (folder is null)
            return InMemory(width);
        Directory.CreateDirectory(folder);
        byte[] identity = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{fingerprint}\n{width}"));
        string path = Path.GetFullPath(
            Path.Combine(folder, $"teacher-{Convert.ToHexStringLower(identity.AsSpan(0, 8))}.cache"));
        lock (Shared)
        {
            if (Shared.TryGetValue(path, out var shared))
            {
                Shared[path] = (shared.Cache, shared.Users + 1);
                return shared.Cache;
            }
            TeacherCache cache = OpenFile(path, identity, width, limit, log);
            if (cache._file is not null)
            {
                cache._sharedPath = path;
                Shared.Add(path, (cache, 1));
            }
            return cache;
        }
    }

    private static TeacherCache OpenFile(string path, byte[] identity, int width, long limit, IChannel? log)
    {
        if (!TryOpen(path, out FileStream? file))
        {
            log?.Warning(MessageSensitivity.None, "'{0}' is in use, probably by another program. The teacher's outputs "
                + "are cached in memory, up to {1} bytes, and lost at the end. Use another {2} for each program.",
                path, MemoryLimit, nameof(ImageTrainingOptions.CacheFolder));
            return InMemory(width);
        }
        try
        {
            var cache = new TeacherCache(width, file, limit, log);
            cache.ReadIndex(identity);
            return cache;
        }
        catch (IOException e)
        {
            file.Dispose();
            WarnOfDisk(log, path, e);
            return InMemory(width);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Copies the cached values of an image.</summary>
    public bool TryRead(UInt128 key, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Width);
        long position;
        lock (_gate)
        {
            if (_memory.TryGetValue(key, out float[]? cached))
            {
                cached.CopyTo(values);
                return true;
            }
            if (!_records.TryGetValue(key, out position))
                return false;
        }
        // Records are never overwritten, so they can be read without the lock.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(RecordBytes);
        Span<byte> record = buffer.AsSpan(0, RecordBytes);
        bool valid = TryReadRecord(position, record, out UInt128 found) && found == key;
        if (valid)
            MemoryMarshal.Cast<byte, float>(record.Slice(KeyBytes, Width * sizeof(float))).CopyTo(values);
        ArrayPool<byte>.Shared.Return(buffer);
        if (!valid)
            Forget(key, position);
        return valid;
    }

    /// <summary>Caches the values of an image, unless the cache is full.</summary>
    public void Add(UInt128 key, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Width);
        lock (_gate)
        {
            if (_file is null || _isReadOnly)
            {
                AddToMemory(key, values);
                return;
            }
            if (_records.ContainsKey(key))
                return;
            if (_end + RecordBytes > _limit)
            {
                _log?.Warning(MessageSensitivity.None, "'{0}' is full at {1} bytes. Other outputs of the teacher are "
                    + "computed again whenever they are needed. Use a higher {2}.",
                    _file.Name, _limit, nameof(ImageTrainingOptions.CacheLimit));
                // Warns only once.
                _log = null;
                return;
            }
            BinaryPrimitives.WriteUInt128LittleEndian(_record, key);
            MemoryMarshal.AsBytes(values).CopyTo(_record.AsSpan(KeyBytes));
            Checksum(_record).CopyTo(_record.AsSpan(RecordBytes - ChecksumBytes));
            try
            {
                WriteRecord(_file.SafeFileHandle, _record, _end);
            }
            catch (IOException e)
            {
                WarnOfDisk(_log, _file.Name, e);
                _isReadOnly = true;
                AddToMemory(key, values);
                return;
            }
            _records[key] = _end;
            _end += RecordBytes;
        }
    }

    /// <summary>Copies the cached values of an image, or computes and caches them.</summary>
    public void ReadOrCompute<TState>(
        ReadOnlySpan<byte> pixels, Span<float> values, TState state, PixelFunction<TState> compute)
    {
        UInt128 key = KeyOf(pixels);
        if (TryRead(key, values))
            return;
        compute(state, pixels, values);
        Add(key, values);
    }

    /// <summary>Closes the file when its last user in this process has called this method.</summary>
    public void Dispose()
    {
        lock (Shared)
        {
            if (_sharedPath is not null && Shared.TryGetValue(_sharedPath, out var shared) && shared.Users > 1)
            {
                Shared[_sharedPath] = (this, shared.Users - 1);
                return;
            }
            if (_sharedPath is not null)
                Shared.Remove(_sharedPath);
            _file?.Dispose();
        }
    }

    private static bool TryOpen(string path, [NotNullWhen(true)] out FileStream? file)
    {
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return true;
        }
        catch (IOException)
        {
            file = null;
            return false;
        }
    }

    private static void WarnOfDisk(IChannel? log, string path, IOException failure) => log?.Warning(
        MessageSensitivity.None, "'{0}' cannot be written ({1}). Further outputs of the teacher are cached in memory, "
        + "up to {2} bytes, and lost at the end. Free disk space, or use another {3}.",
        path, failure.Message, MemoryLimit, nameof(ImageTrainingOptions.CacheFolder));

    // Under the lock.
    private void AddToMemory(UInt128 key, ReadOnlySpan<float> values)
    {
        if ((_memory.Count + 1L) * RecordBytes <= (_file is null ? _limit : MemoryLimit))
            _memory[key] = values.ToArray();
    }

    private void ReadIndex(byte[] identity)
    {
        byte[] header = [.. Magic, .. identity];
        byte[] actual = new byte[header.Length];
        long length = RandomAccess.GetLength(_file!.SafeFileHandle);
        _end = header.Length;
        if (RandomAccess.Read(_file.SafeFileHandle, actual, 0) < actual.Length
            || !actual.AsSpan().SequenceEqual(header))
        {
            RandomAccess.SetLength(_file.SafeFileHandle, 0);
            RandomAccess.Write(_file.SafeFileHandle, header, 0);
            return;
        }
        // Only the keys are read; values are checked when they are used.
        byte[] key = new byte[KeyBytes];
        for (; _end + RecordBytes <= length; _end += RecordBytes)
        {
            if (RandomAccess.Read(_file.SafeFileHandle, key, _end) < KeyBytes)
                break;
            _records[BinaryPrimitives.ReadUInt128LittleEndian(key)] = _end;
        }
    }

    // Another thread may have replaced the record already.
    private void Forget(UInt128 key, long position)
    {
        lock (_gate)
            if (_records.TryGetValue(key, out long current) && current == position)
                _records.Remove(key);
    }

    private bool TryReadRecord(long position, Span<byte> record, out UInt128 key)
    {
        bool whole = RandomAccess.Read(_file!.SafeFileHandle, record, position) == record.Length
            && Checksum(record).AsSpan().SequenceEqual(record[^ChecksumBytes..]);
        key = whole ? BinaryPrimitives.ReadUInt128LittleEndian(record) : default;
        return whole;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> record) =>
        SHA256.HashData(record[..^ChecksumBytes])[..ChecksumBytes];
}
