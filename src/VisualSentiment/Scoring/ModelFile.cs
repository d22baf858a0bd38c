using System.Buffers.Binary;
using System.IO.Compression;
using VisualSentiment.Onnx;
using VisualSentiment.Scoring.Saving;

namespace VisualSentiment.Scoring;

/// <summary>Finds the student in an ONNX file or in a model that ML.NET saved, without loading the rest of the latter.</summary>
internal static class ModelFile
{
    /// <summary>The entry in which ML.NET's ONNX transformer keeps its model: a 32-bit length, then the bytes.</summary>
    private const string OnnxEntry = "OnnxModel";

    /// <exception cref="InvalidModelException">The file is missing or cannot be read, or holds no student, or several.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[2];
            bool isZip = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && IsZip(start);
            file.Position = 0;
            if (isZip)
                return FindStudent(file, path);
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is IOException and not InvalidModelException or UnauthorizedAccessException)
        {
            throw new InvalidModelException(path, Directory.Exists(path) ? "it is a folder; give the .onnx or .zip file" : e.Message, e);
        }
    }

    /// <summary>The bytes of the student in a file's content.</summary>
    public static byte[] FindStudent(byte[] content, string name) =>
        IsZip(content) ? FindStudent(new MemoryStream(content, writable: false), name) : content;

    private static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK"u8);

    private static byte[] FindStudent(Stream file, string name)
    {
        try
        {
            using var zip = new ZipArchive(file);
            byte[][] students = [.. zip.Entries.Where(IsOnnx).Select(ReadEntry).Where(IsStudent).Select(ChainModel.Restore)];
            return students.Length switch
            {
                1 => students[0],
                0 => throw new InvalidModelException(name, "it is a zip file without a student; save a model that "
                    + "ends in one with ml.Model.Save, or the student alone with SaveAsOnnx"),
                _ => throw new InvalidModelException(name, $"it holds {students.Length} students; save the one that is meant with SaveAsOnnx"),
            };
        }
        catch (InvalidDataException e)
        {
            throw new InvalidModelException(name, $"it is a damaged zip file ({e.Message}); copy or save it again", e);
        }
    }

    // ML.NET separates folders as the system does that saves.
    private static bool IsOnnx(ZipArchiveEntry entry) => entry.FullName.Split('/', '\\')[^1] == OnnxEntry;

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        try
        {
            stream.ReadExactly(prefix);
            int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            if (length < 0 || length > entry.Length - prefix.Length)
                throw new InvalidDataException($"{entry.FullName} is shorter than it says");
            byte[] bytes = new byte[length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"{entry.FullName} ends early", e);
        }
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
