using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Runtime;
using Microsoft.Win32.SafeHandles;
using VisualSentiment.Imaging;

namespace VisualSentiment.Teaching;

/// <summary>Computes numbers from the pixels of one image.</summary>
internal delegate void PixelFunction<in TState>(TState state, ReadOnlySpan<byte> pixels, Span<float> values);

/// <summary>
/// What a teacher computed of images, found again by the very bytes it looked at: a key is a hash of the 224 x 224 pixels
/// after preprocessing and augmentation, so that neither an order of rows nor an edited file can lead to another image's
/// numbers. Kept in memory, and in a file where a folder is given; both are bounded. Thread-safe.
/// </summary>
/// <remarks>
/// The file begins with a header that names the teacher. A record is the key (16 bytes), the values (4 bytes each) and a
/// checksum (8 bytes). A record whose checksum does not hold is not believed: its values are computed again. What a killed
/// process wrote of a last record is overwritten.
/// </remarks>
internal sealed class TeacherCache : IDisposable
{
    /// <summary>The most bytes of values kept in memory where there is no file.</summary>
    public const long MemoryLimit = 512L << 20;

    private const int KeyBytes = 16, ChecksumBytes = 8;
    private static ReadOnlySpan<byte> Magic => "VSTEACH1"u8;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, float[]> _memory = [];
    private readonly Dictionary<UInt128, long> _records = [];
    private readonly FileStream? _file;
    private readonly long _limit;

    // What is written, behind the gate: a record may be long, and there are many.
    private readonly byte[] _record;
    private long _end;
    private bool _isReadOnly;
    private IChannel? _log;

    private TeacherCache(int width, FileStream? file, long limit, IChannel? log = null)
    {
        _log = log;
        Width = width;
        _file = file;
        _limit = limit;
        _record = file is null ? [] : new byte[RecordBytes];
    }

    /// <summary>How many values an image has.</summary>
    public int Width { get; }

    /// <summary>How many images are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _memory.Count + _records.Count;
        }
    }

    /// <summary>Writes a record at a place in the file; tests put a disk without space in its place.</summary>
    internal Action<SafeFileHandle, byte[], long> WriteRecord { get; set; } =
        (file, record, position) => RandomAccess.Write(file, record, position);

    private int RecordBytes => KeyBytes + Width * sizeof(float) + ChecksumBytes;

    /// <summary>The key of an image in <see cref="Imaging.PixelFormat"/>.</summary>
    public static UInt128 KeyOf(ReadOnlySpan<byte> pixels)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pixels, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>A cache that lasts as long as the object.</summary>
    public static TeacherCache InMemory(int width, long limit = MemoryLimit) => new(width, null, limit);

    /// <summary>
    /// Opens the file of a teacher in a folder, and makes both where they are not there. While another process has the file
    /// open, the cache is in memory alone.
    /// </summary>
    /// <param name="folder">The folder; null for a cache in memory.</param>
    /// <param name="fingerprint">Decides which teacher the values are of: its weights and what it is fed.</param>
    /// <param name="width">How many values an image has.</param>
    /// <param name="limit">The most bytes of the file.</param>
    /// <param name="log">Is told where another program uses the file, so that values are kept in memory alone, and when the file is full.</param>
    public static TeacherCache Open(string? folder, string fingerprint, int width, long limit = ImageTrainingOptions.DefaultCacheLimit, IChannel? log = null)
    {
        if (folder is null)
            return InMemory(width);
        Directory.CreateDirectory(folder);
        byte[] identity = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{fingerprint}\n{width}"));
        string path = Path.Combine(folder, $"teacher-{Convert.ToHexStringLower(identity.AsSpan(0, 8))}.cache");
        if (!TryOpen(path, out FileStream? file))
        {
            log?.Warning(MessageSensitivity.None, "'{0}' is in use, by another program perhaps: what the teacher says is kept in memory for now, and computed again where that is too little. Give each program a {1} of its own.",
                path, nameof(ImageTrainingOptions.CacheFolder));
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

    /// <summary>Copies what is known of an image.</summary>
    public bool TryRead(UInt128 key, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Width);
        long position;
        lock (_gate)
        {
            if (_memory.TryGetValue(key, out float[]? known))
            {
                known.CopyTo(values);
                return true;
            }
            if (!_records.TryGetValue(key, out position))
                return false;
        }
        // A record that has a place is never written again, so that threads need not wait for each other to read and check.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(RecordBytes);
        Span<byte> record = buffer.AsSpan(0, RecordBytes);
        bool sound = TryReadRecord(position, record, out UInt128 found) && found == key;
        if (sound)
            MemoryMarshal.Cast<byte, float>(record.Slice(KeyBytes, Width * sizeof(float))).CopyTo(values);
        ArrayPool<byte>.Shared.Return(buffer);
        if (!sound)
            Forget(key, position);
        return sound;
    }

    /// <summary>Keeps what was computed of an image, unless the cache is full.</summary>
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
                // Once is enough.
                _log?.Warning(MessageSensitivity.None, "'{0}' is full at {1} bytes: what more the teacher says is computed again whenever it is needed. A higher {2} gives it room.",
                    _file.Name, _limit, nameof(ImageTrainingOptions.CacheLimit));
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

    /// <summary>Copies what is known of an image, or computes it and keeps it.</summary>
    /// <param name="pixels">One image.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="state">Handed to <paramref name="compute"/>.</param>
    /// <param name="compute">Computes the values of the pixels.</param>
    public void ReadOrCompute<TState>(ReadOnlySpan<byte> pixels, Span<float> values, TState state, PixelFunction<TState> compute)
    {
        UInt128 key = KeyOf(pixels);
        if (TryRead(key, values))
            return;
        compute(state, pixels, values);
        Add(key, values);
    }

    public void Dispose() => _file?.Dispose();

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

    private static void WarnOfDisk(IChannel? log, string path, IOException failure) => log?.Warning(MessageSensitivity.None,
        "'{0}' cannot be written ({1}): what the teacher computes from now on stays in memory, up to {2} bytes, and is lost "
        + "at the end. Free space on the disk, or choose another {3}.",
        path, failure.Message, MemoryLimit, nameof(ImageTrainingOptions.CacheFolder));

    // Behind the gate.
    private void AddToMemory(UInt128 key, ReadOnlySpan<float> values)
    {
        if ((_memory.Count + 1L) * RecordBytes <= (_file is null ? _limit : MemoryLimit))
            _memory[key] = values.ToArray();
    }

    private void ReadIndex(byte[] identity)
    {
        byte[] header = [.. Magic, .. identity];
        byte[] found = new byte[header.Length];
        long length = RandomAccess.GetLength(_file!.SafeFileHandle);
        _end = header.Length;
        if (RandomAccess.Read(_file.SafeFileHandle, found, 0) < found.Length || !found.AsSpan().SequenceEqual(header))
        {
            RandomAccess.SetLength(_file.SafeFileHandle, 0);
            RandomAccess.Write(_file.SafeFileHandle, header, 0);
            return;
        }
        // Values are looked at when they are asked for; a start costs a read of the keys alone.
        byte[] key = new byte[KeyBytes];
        for (; _end + RecordBytes <= length; _end += RecordBytes)
        {
            if (RandomAccess.Read(_file.SafeFileHandle, key, _end) < KeyBytes)
                break;
            _records[BinaryPrimitives.ReadUInt128LittleEndian(key)] = _end;
        }
    }

    // Another thread may have computed and kept the values by now.
    private void Forget(UInt128 key, long position)
    {
        lock (_gate)
            if (_records.TryGetValue(key, out long kept) && kept == position)
                _records.Remove(key);
    }

    private bool TryReadRecord(long position, Span<byte> record, out UInt128 key)
    {
        bool whole = RandomAccess.Read(_file!.SafeFileHandle, record, position) == record.Length
            && Checksum(record).AsSpan().SequenceEqual(record[^ChecksumBytes..]);
        key = whole ? BinaryPrimitives.ReadUInt128LittleEndian(record) : default;
        return whole;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> record) => SHA256.HashData(record[..^ChecksumBytes])[..ChecksumBytes];
}
