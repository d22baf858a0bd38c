using System.ComponentModel;
using System.Runtime.InteropServices;

namespace VisualSentiment.Benchmarks.Images;

/// <summary>Many image files from few: hard links, which take no space on disk.</summary>
internal static partial class RepeatedImages
{
    private const int FilesInFolder = 10_000;

    /// <summary>Fills a folder with <paramref name="count"/> links to the images of another folder.</summary>
    public static void Create(string photographs, string folder, int count, CancellationToken cancellation)
    {
        string[] files = ImageList.Find(photographs);
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = PathOf(folder, i);
            if (i % FilesInFolder == 0)
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (Link(files[i % files.Length], path) != 0)
                throw new IOException($"'{path}' cannot be linked.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>The paths of the links, which are created on demand.</summary>
    public static IEnumerable<string> Paths(string folder, int count) => Enumerable.Range(0, count).Select(i => PathOf(folder, i));

    private static string PathOf(string folder, int index) => Path.Combine(folder, $"{index / FilesInFolder:D2}", $"{index:D6}.jpg");

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);
}
