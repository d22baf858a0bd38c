using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>The list of the images of a folder that a cluster tags.</summary>
/// <param name="Path">Gets the path of the text file with one image per line.</param>
/// <param name="Images">Gets the number of images.</param>
/// <param name="Fingerprint">Gets the hash of the names, sizes and times of the images.</param>
internal sealed record FolderManifest(string Path, long Images, string Fingerprint)
{
    /// <summary>Writes the file. Memory does not grow with the number of images.</summary>
    /// <param name="folder">The full path of the folder.</param>
    /// <param name="output">The full path of the folder of the results, whose images are left out.</param>
    /// <param name="cancellation">Cancels the search.</param>
    /// <exception cref="IOException">The folder cannot be read, or the file cannot be written.</exception>
    public static FolderManifest Write(string folder, string output, CancellationToken cancellation)
    {
        string path = System.IO.Path.Combine(output, "manifest.txt"), found = $"{path}.found";
        string results = $"{Name(System.IO.Path.GetRelativePath(folder, output))}/";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long images = 0;
        try
        {
            ImageManifest.WriteFolder(folder, found, cancellation);
            OutputFile.Write(path, unfinished =>
            {
                using var writer = new StreamWriter(unfinished) { NewLine = "\n" };
                foreach (string name in File.ReadLines(found)
                    .Where(name => !name.StartsWith(results, StringComparison.Ordinal)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var file = new FileInfo(System.IO.Path.Combine(folder, name));
                    (long size, long time) = file.Exists ? (file.Length, file.LastWriteTimeUtc.Ticks) : (-1, 0);
                    hash.AppendData(Encoding.UTF8.GetBytes(
                        string.Create(CultureInfo.InvariantCulture, $"{name}\n{size}\n{time}\n")));
                    writer.WriteLine(name);
                    images++;
                }
            });
        }
        finally
        {
            File.Delete(found);
        }
        return new FolderManifest(path, images, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static string Name(string path) => path.Replace(System.IO.Path.DirectorySeparatorChar, '/');
}
