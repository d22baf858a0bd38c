using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace VisualSentiment.Tool.Screens;

/// <summary>Shows the progress of <c>tag</c>: a bar in a terminal, and a line per ten seconds otherwise.</summary>
internal static class TagDisplay
{
    private const int WidthOfRest = 70;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <param name="images">The number of images.</param>
    /// <param name="work">The work, which calls its argument after each image.</param>
    public static void Run(int images, Action<Action> work)
    {
        var clock = Stopwatch.StartNew();
        if (Screen.IsPlain)
            RunPlain(images, clock, work);
        else
            AnsiConsole.Progress().AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn { Width = Math.Clamp(Screen.Width - WidthOfRest, 10, 40) },
                    new PercentageColumn(), new CountColumn(), new RateColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    ProgressTask task = context.AddTask("tagging", maxValue: images);
                    work(() => task.Increment(1));
                });
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"{images:N0} image{(images == 1 ? "" : "s")} tagged in "
            + $"{clock.Elapsed:h\\:mm\\:ss}, {Rate(images, clock)}"));
    }

    private static void RunPlain(int images, Stopwatch clock, Action<Action> work)
    {
        int tagged = 0;
        TimeSpan next = LineInterval;
        work(() =>
        {
            tagged++;
            if (clock.Elapsed < next)
                return;
            next = clock.Elapsed + LineInterval;
            TimeSpan left = clock.Elapsed * ((double)(images - tagged) / tagged);
            Screen.Line(string.Create(CultureInfo.InvariantCulture,
                $"{tagged:N0} of {images:N0} images, {Rate(tagged, clock)}, {left:h\\:mm\\:ss} left"));
        });
    }

    private static string Rate(int images, Stopwatch clock) =>
        string.Create(CultureInfo.InvariantCulture, $"{images / clock.Elapsed.TotalSeconds:0.0} per second");

    private sealed class CountColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(string.Create(CultureInfo.InvariantCulture, $"{task.Value:N0} of {task.MaxValue:N0}"));
    }

    private sealed class RateColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Speed is { } speed
                ? string.Create(CultureInfo.InvariantCulture, $"{speed:0.0} per second") : "");
    }
}
