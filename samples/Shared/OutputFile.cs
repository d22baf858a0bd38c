namespace Samples;

/// <summary>Files that appear complete or not at all.</summary>
internal static class OutputFile
{
    public static void Write(string path, Action<string> write)
    {
        string unfinished = path + ".tmp";
        write(unfinished);
        File.Move(unfinished, path, overwrite: true);
    }
}
