using System.CommandLine;
using VisualSentiment.Tool.Video;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment watch</c>.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var video = Symbols.NoOption(new Argument<string>("VIDEO")
        {
            Description = "A video file, a URL, or a camera: /dev/video0 on Linux, video=NAME on Windows and macOS.",
        });
        var model = Symbols.ModelOption();
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder for timeline.csv and timeline.svg.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "timeline",
        };
        var fps = new Option<double>("--fps")
        {
            Description = "The number of frames per second to classify.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
        }.Require(rate => rate is >= 0.01 and <= 240, "from 0.01 to 240");
        var smooth = new Option<double>("--smooth")
        {
            Description = "The time constant in seconds of the moving average of the probabilities; 0 for none.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 1,
        }.Require(seconds => seconds is >= 0 and <= 3600, "from 0 to 3600");
        var realTime = new Option<bool?>("--real-time")
        {
            Description = "Play at the speed of the video, and drop frames if predictions are too slow. "
                + "[default: true for cameras and URLs, false for files]",
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "The number of threads of a prediction, and of the video decoder. "
                + "[default: 1, and chosen by ffmpeg]",
            HelpName = "N",
        }.Require(count => count is >= 1 and <= 1024, "from 1 to 1024");
        var ffmpeg = new Option<string?>("--ffmpeg")
        {
            Description = "The path of ffmpeg. [default: found in PATH]",
            HelpName = "FILE",
        };
        var noProgress = new Option<bool>("--no-progress") { Description = "Write the summary only." };
        Command command = new("watch", "Predicts the emotions of a video or a camera over time, with ffmpeg.")
        {
            video, model, output, fps, smooth, realTime, threads, ffmpeg, noProgress,
        };
        command.SetGuardedAction((result, cancellation) =>
        {
            int? count = result.GetValue(threads);
            using var detector =
                SentimentDetector.Load(result.GetRequiredValue(model), new DetectorOptions { Threads = count ?? 1 });
            var source = VideoSource.Parse(result.GetRequiredValue(video));
            return new WatchJob(new WatchSettings
            {
                Source = source,
                Output = result.GetRequiredValue(output),
                FramesPerSecond = result.GetValue(fps),
                SmoothSeconds = result.GetValue(smooth),
                IsRealTime = result.GetValue(realTime) ?? !source.IsFile,
                Threads = count,
                Ffmpeg = result.GetValue(ffmpeg),
                IsQuiet = result.GetValue(noProgress),
            }, detector, cancellation).Run();
        });
        return command;
    }
}
