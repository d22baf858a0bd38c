using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using VisualSentiment.Common;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Onnx.Files;

/// <summary>Reads the student from an ONNX file or from a saved ML.NET model, without loading the rest of the latter.</summary>
internal static class ModelFile
{
    /// <summary>The entry with the model of ML.NET's ONNX transformer: a 32-bit length, then the bytes.</summary>
    private const string OnnxEntry = "OnnxModel";

    private const int ChunkLength = 64 * 1024;

    /// <summary>Reads the bytes of the student, which are not validated yet.</summary>
    /// <exception cref="InvalidModelException">The file cannot be read, or does not contain exactly one student.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using FileStream file = RegularFile.Open(path);
            return Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotReadable(path, e);
        }
    }

    /// <summary>Reads the file asynchronously, a .zip file as a whole.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = RegularFile.Open(path, FileOptions.Asynchronous);
            return await ReadAsync(file, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotReadable(path, e);
        }
    }

    /// <summary>Reads the student from a stream to its end, by asynchronous calls alone. The stream stays open.</summary>
    /// <inheritdoc cref="Read(Stream, string)"/>
    public static async Task<byte[]> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            for (int read; (read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                content.Write(chunk, 0, read);
                // The limit applies to the entries of a zip file.
                bool isZip = stream.CanSeek && IsZip(content.GetBuffer());
                if (content.Length > (isZip ? Array.MaxLength - ChunkLength : ModelLimits.FileSize))
                    throw new InvalidModelException(name, ModelValidator.TooLarge(content.Length).Message);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        content.Position = 0;
        return Read(content, name);
    }

    /// <summary>Reads the student from a stream to its end. The stream stays open.</summary>
    /// <param name="stream">The stream of an .onnx or .zip file.</param>
    /// <param name="name">The name of the model in messages.</param>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static byte[] Read(Stream stream, string name)
    {
        try
        {
            if (stream.CanSeek && StartsAsZip(stream))
                return FindStudent(stream, name);
            byte[] content = ReadToEnd(stream, stream.CanSeek ? stream.Length - stream.Position : 0);
            return IsZip(content) ? FindStudent(new MemoryStream(content, writable: false), name) : content;
        }
        catch (InvalidGraphException e)
        {
            throw new InvalidModelException(name, e.Message, e);
        }
    }

    private static InvalidModelException NotReadable(string path, Exception e) =>
        new(path, Directory.Exists(path) ? "it is a folder; pass the .onnx or .zip file" : e.Message, e);

    private static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK"u8);

    private static bool StartsAsZip(Stream stream)
    {
        long position = stream.Position;
        Span<byte> start = stackalloc byte[2];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = position;
        // Offsets in a zip file are relative to its start.
        return position == 0 && IsZip(start[..read]);
    }

    // The stream may be longer than the expected length.
    private static byte[] ReadToEnd(Stream stream, long expectedLength)
    {
        if (expectedLength > ModelLimits.FileSize)
            throw ModelValidator.TooLarge(expectedLength);
        byte[] content = new byte[expectedLength];
        int read = 0;
        while (true)
        {
            int more = read < content.Length ? stream.Read(content, read, content.Length - read) : 0;
            read += more;
            if (more > 0)
                continue;
            int next = read < content.Length ? -1 : stream.ReadByte();
            if (next < 0)
                return read == content.Length ? content : content[..read];
            if (read == ModelLimits.FileSize)
                throw ModelValidator.TooLarge(read + 1L);
            Array.Resize(ref content, (int)Math.Clamp(2L * read, 4096, ModelLimits.FileSize));
            content[read++] = (byte)next;
        }
    }

    private static byte[] FindStudent(Stream file, string name)
    {
        try
        {
            ZipDirectory.ThrowIfLarge(file);
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            byte[]? student = null;
            long tooLarge = 0;
            foreach (ZipArchiveEntry entry in zip.Entries.Where(IsOnnx))
            {
                // Another network in the pipeline may be larger than a student.
                if (entry.Length - sizeof(int) > ModelLimits.FileSize)
                {
                    tooLarge = entry.Length;
                    continue;
                }
                byte[] model = ReadEntry(entry);
                if (!IsStudent(model))
                    continue;
                student = student is null ? ChainModel.Restore(model, name)
                    : throw new InvalidModelException(name,
                        "it contains several students; save one of them with SaveAsOnnx");
            }
            return student ?? throw (tooLarge > 0 ? ModelValidator.TooLarge(tooLarge) : new InvalidModelException(name,
                "it is a zip file without a student; save a model that contains one with ml.Model.Save, or the student alone with SaveAsOnnx"));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidModelException(name, $"it is a damaged zip file ({e.Message}); copy or save it again", e);
        }
    }

    // ML.NET uses the path separator of the system that saves.
    private static bool IsOnnx(ZipArchiveEntry entry) => entry.FullName.Split('/', '\\')[^1] == OnnxEntry;

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        if (entry.Length < sizeof(int))
            throw new InvalidDataException($"{entry.FullName} is truncated");
        byte[] content = new byte[entry.Length];
        using (Stream stream = entry.Open())
        {
            // .NET does not verify the checksum, and unpacks more than the stated length.
            if (stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) < content.Length)
                throw new InvalidDataException($"{entry.FullName} is truncated");
            if (stream.ReadByte() >= 0)
                throw new InvalidDataException($"{entry.FullName} is longer than stated in its header");
        }
        if (Crc32.Compute(content) != entry.Crc32)
            throw new InvalidDataException($"the checksum of {entry.FullName} does not match its content");
        int length = BinaryPrimitives.ReadInt32LittleEndian(content);
        return length == content.Length - sizeof(int) ? content[sizeof(int)..]
            : throw new InvalidDataException($"{entry.FullName} has {content.Length - sizeof(int)} bytes instead of {length}");
    }

    private static bool IsStudent(byte[] onnxModel)
    {
        try
        {
            OnnxModelInfo.Read(onnxModel, OnnxEntry);
            return true;
        }
        catch (InvalidModelException)
        {
            return false;
        }
    }
}
