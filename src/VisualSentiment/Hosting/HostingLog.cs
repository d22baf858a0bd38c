using Microsoft.Extensions.Logging;

namespace VisualSentiment.Hosting;

/// <summary>The log messages of a detector. docs/hosting.md lists them.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Information,
        "Loaded the model '{Model}' from {Path} with {Classes} classes in {Milliseconds:0} ms.")]
    public static partial void Loaded(ILogger logger, string model, string path, int classes, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "Replaced the model '{Model}' by {Path} in {Milliseconds:0} ms.")]
    public static partial void Reloaded(ILogger logger, string model, string path, double milliseconds);

    [LoggerMessage(3, LogLevel.Error, "Cannot replace the model '{Model}' by {Path}; the current model stays in use.")]
    public static partial void ReloadFailed(ILogger logger, string model, string path, Exception error);

    [LoggerMessage(4, LogLevel.Warning,
        "The file {Path} of the model '{Model}' is missing; the current model stays in use.")]
    public static partial void FileMissing(ILogger logger, string model, string path);

    [LoggerMessage(5, LogLevel.Warning,
        "No notifications for the file {Path} of the model '{Model}'; it is checked every {Seconds:0} s.")]
    public static partial void NotWatched(ILogger logger, string model, string path, double seconds, Exception error);

    [LoggerMessage(6, LogLevel.Debug, "A prediction of the model '{Model}' failed.")]
    public static partial void PredictionFailed(ILogger logger, string model, Exception error);
}
