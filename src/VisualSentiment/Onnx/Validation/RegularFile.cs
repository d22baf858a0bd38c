namespace VisualSentiment.Onnx.Validation;

/// <summary>Opens model files. Opening a pipe waits for a writer, and a device may have no end.</summary>
internal static class RegularFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">
    /// There is no such file, or it has no length: it is empty, a pipe or a device.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static FileStream OpenRead(string path)
    {
        FileInfo target = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
        return !target.Exists || target.Length > 0 ? File.OpenRead(path)
            : throw new IOException("it is not an ONNX model: it is empty, or not a regular file; give the path of a model");
    }
}
