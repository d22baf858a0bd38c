using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VisualSentiment.Training;

/// <summary>
/// The form of a pack that stays on disk: magic, version, count and a checksum of the index (32 bytes), the index
/// (<see cref="PackIndex"/>), and the pixels from the next multiple of 4096 on. Little-endian. Nothing in it is believed that
/// its checksum does not bear out.
/// </summary>
internal static class PixelPackFile
{
    public const string Extension = ".pixels";
    private const string UnfinishedExtension = Extension + ".tmp";
    private const int Version = 1;

    // Younger files of writers that are not known may be between their creation and their lock.
    private static readonly TimeSpan LeftBehind = TimeSpan.FromMinutes(1);

    private static readonly ConcurrentDictionary<string, bool> BeingWritten = new(StringComparer.Ordinal);

    private static readonly string Host =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName)).AsSpan(0, 4));

    private static ReadOnlySpan<byte> Magic => "VSPIXELS"u8;

    /// <summary>
    /// Writes a new file: <paramref name="fill"/> decodes into the slots and writes the index of those it could fill. The file
    /// appears under its name when all of it is there.
    /// </summary>
    public static IndexedPack Write(string folder, int count, Action<PixelPackWriter> fill)
    {
        string name = Path.GetRandomFileName(), path = Path.Combine(folder, name + Extension);
        string unfinished = Path.Combine(folder, $"{name}.{Writer(Environment.ProcessId)}{UnfinishedExtension}");
        BeingWritten[Path.GetFileName(unfinished)] = true;
        try
        {
            using (var pack = new PixelPackWriter(count, unfinished))
            {
                fill(pack);
                FillHeader(pack.Header, count);
                pack.WriteHeader();
            }
            File.Move(unfinished, path);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        finally
        {
            BeingWritten.TryRemove(Path.GetFileName(unfinished), out _);
        }
        return Open(path) ?? throw new IOException($"The file '{path}' was changed by somebody else while it was written.");
    }

    /// <summary>Opens a file; null where it is gone, of another version, or damaged, and then it is removed.</summary>
    public static IndexedPack? Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        bool foreign = false;
        try
        {
            Span<byte> header = stackalloc byte[PackIndex.HeaderSize];
            bool ours = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.StartsWith(Magic);
            foreign = ours && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) != Version;
            if (ours && !foreign && BinaryPrimitives.ReadInt32LittleEndian(header[12..]) is > 0 and <= PixelPack.Capacity and var count
                && file.Length == PixelPack.LengthOf(count))
            {
                var pack = new PixelPack(file, count);
                if (PixelKey.Checksum(PackIndex.Of(pack.Header, count)) == BinaryPrimitives.ReadUInt128LittleEndian(header[16..]))
                    return new IndexedPack(pack, path);
                pack.Dispose();
            }
        }
        catch (IOException)
        {
            // cut short while it was read
        }
        file.Dispose();
        if (!foreign)
            File.Delete(path);
        return null;
    }

    /// <summary>The finished files of a folder; what interrupted runs have left half-written is removed.</summary>
    public static IEnumerable<string> Find(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + UnfinishedExtension))
        {
            try
            {
                // Its writer has locked the file, where the file system can.
                if (DateTime.UtcNow - File.GetCreationTimeUtc(path) > LeftBehind || HasLostWriter(path))
                    using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                        File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // in use, or removed by another process
            }
        }
        return Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal);
    }

    /// <summary>Stands in the name of an unfinished file for the process that writes it.</summary>
    internal static string Writer(int process) => string.Create(CultureInfo.InvariantCulture, $"{Host}-{process}");

    // Whether a process of this machine wrote the file and has ended.
    private static bool HasLostWriter(string path)
    {
        string writer = Path.GetExtension(path[..^UnfinishedExtension.Length]);
        if (!writer.StartsWith($".{Host}-", StringComparison.Ordinal)
            || !int.TryParse(writer.AsSpan(Host.Length + 2), NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            return false;
        // In a container, a process often has the number of the one before it.
        if (process == Environment.ProcessId)
            return !BeingWritten.ContainsKey(Path.GetFileName(path));
        try
        {
            Process.GetProcessById(process).Dispose();
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static void FillHeader(Span<byte> header, int count)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], count);
        BinaryPrimitives.WriteUInt128LittleEndian(header[16..], PixelKey.Checksum(PackIndex.Of(header, count)));
    }
}
