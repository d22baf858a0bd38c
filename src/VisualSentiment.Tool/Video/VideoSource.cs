namespace VisualSentiment.Tool.Video;

/// <summary>A video file, a URL or a camera.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Input">The input options of ffmpeg.</param>
/// <param name="IsFile">Whether the source is a file.</param>
/// <param name="IsPaced">Whether frames arrive at the speed of the video, however fast they are read.</param>
internal sealed record VideoSource(string Name, IReadOnlyList<string> Input, bool IsFile, bool IsPaced)
{
    private const string Device = "video=";

    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static VideoSource Parse(string name)
    {
        if (OperatingSystem.IsLinux() && name.StartsWith("/dev/video", StringComparison.Ordinal))
            return Camera(name, "-f", "v4l2", "-i", name);
        if (OperatingSystem.IsWindows() && name.StartsWith(Device, StringComparison.Ordinal))
            return Camera(name, "-f", "dshow", "-i", name);
        // The default of ffmpeg, 29.97 frames per second, is refused by most cameras.
        if (OperatingSystem.IsMacOS() && name.StartsWith(Device, StringComparison.Ordinal))
            return Camera(name, "-f", "avfoundation", "-framerate", "30", "-i", $"{name[Device.Length..]}:none");
        if (name.Contains("://", StringComparison.Ordinal))
            return new(name, ["-i", name], IsFile: false,
                IsPaced: !name.StartsWith("http", StringComparison.OrdinalIgnoreCase));
        if (!File.Exists(name))
            throw new FileNotFoundException($"The video '{name}' does not exist.");
        // With this prefix, a colon in the name of a file is not the end of a protocol.
        return new(name, ["-i", $"file:{name}"], IsFile: true, IsPaced: false);
    }

    private static VideoSource Camera(string name, params string[] input) =>
        new(name, input, IsFile: false, IsPaced: true);
}
