using System.Security.Cryptography;
using Microsoft.ML.Runtime;

namespace VisualSentiment.Training;

/// <summary>
/// The file with the training state after the last complete epoch. It is replaced by a rename, so that a killed process
/// leaves the file of one epoch or of the next. The settings are everything that affects training, by name.
/// </summary>
internal sealed class Checkpoint(string path, IReadOnlyList<(string Name, string Value)> settings)
{
    private static ReadOnlySpan<byte> Magic => "VSCKPT02"u8;

    public void Save(TrainingState state)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string unfinished = path + ".tmp";
        try
        {
            // Overwrites the remains of a killed process.
            using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(Magic);
                using var sha = SHA256.Create();
                using (var hashed = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
                using (var writer = new BinaryWriter(hashed))
                {
                    writer.Write(settings.Count);
                    foreach (var (name, value) in settings)
                    {
                        writer.Write(name);
                        writer.Write(value);
                    }
                    state.Save(writer);
                }
                file.Write(sha.Hash!);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Loads the state from the file, if it exists.</summary>
    /// <exception cref="InvalidOperationException">
    /// The file is damaged or has other settings, which are listed.
    /// </exception>
    public void Resume(TrainingState state, TrainingRun run)
    {
        if (!File.Exists(path))
            return;
        using var file = File.OpenRead(path);
        if (!IsValid(file))
            throw new InvalidOperationException(
                $"The checkpoint '{path}' is damaged or not a checkpoint. Delete it to start over.");
        file.Position = Magic.Length;
        using var reader = new BinaryReader(file);
        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int left = reader.ReadInt32(); left > 0; left--)
            before.Add(reader.ReadString(), reader.ReadString());
        ThrowIfDifferent(before);
        state.Load(reader);
        run.Log.Info(MessageSensitivity.None, "resumes after epoch {0} from {1}", state.Epoch, path);
    }

    /// <summary>Whether a file starts with the magic bytes and ends with the right checksum.</summary>
    internal static bool IsValid(Stream file)
    {
        byte[] magic = new byte[Magic.Length], expected = new byte[SHA256.HashSizeInBytes];
        long content = file.Length - magic.Length - expected.Length;
        if (content <= 0 || file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !magic.AsSpan().SequenceEqual(Magic))
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 16];
        while (content > 0)
        {
            int read = file.Read(block, 0, (int)Math.Min(block.Length, content));
            // Another process may shorten the file.
            if (read == 0)
                return false;
            hash.AppendData(block, 0, read);
            content -= read;
        }
        return file.ReadAtLeast(expected, expected.Length, throwOnEndOfStream: false) == expected.Length
            && hash.GetCurrentHash().AsSpan().SequenceEqual(expected);
    }

    private void ThrowIfDifferent(Dictionary<string, string> before)
    {
        string[] differences = [.. settings.Select(setting => setting.Name).Union(before.Keys)
            .Select(name => (Name: name, Before: before.GetValueOrDefault(name, "not set"),
                Now: settings.FirstOrDefault(setting => setting.Name == name).Value ?? "not set"))
            .Where(setting => setting.Before != setting.Now)
            .Select(setting => $"{setting.Name}: {setting.Before} in the checkpoint, {setting.Now} now")];
        if (differences.Length > 0)
            throw new InvalidOperationException($"The checkpoint '{path}' belongs to another training:"
                + string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))
                + $"{Environment.NewLine}Use the same options and data, delete the file to start over, "
                + "or set another folder.");
    }
}
