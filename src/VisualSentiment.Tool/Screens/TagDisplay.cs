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
    public static void Run(int images, Action<Action> work) => Run(images, (Action<long, string> report) =>
    {
        int tagged = 0;
        work(() => report(++tagged, ""));
    });

    /// <param name="images">The number of images.</param>
    /// <param name="run">
    /// The work, which calls its argument with the number of images tagged so far, and a note or nothing.
    /// </param>
    public static void Run(long images, Action<Action<long, string>> run)
    {
        var clock = Stopwatch.StartNew();
        long tagged = 0;
        if (Screen.IsPlain)
            RunPlain(images, clock, Work);
        else
            AnsiConsole.Progress().AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn { Width = Math.Clamp(Screen.Width - WidthOfRest, 10, 40) },
                    new PercentageColumn(), new CountColumn(), new RateColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    ProgressTask task = context.AddTask("tagging", maxValue: images);
                    Work((count, note) => (task.Value, task.Description) = (count, $"tagging{note}".EscapeMarkup()));
                });
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"{tagged:N0} image{(tagged == 1 ? "" : "s")} tagged "
            + $"in {clock.Elapsed:h\\:mm\\:ss}, {Rate(tagged, clock)}"));

        // Counts never go back on the screen.
        void Work(Action<long, string> report) => run((count, note) => report(tagged = Math.Max(tagged, count), note));
    }

    private static void RunPlain(long images, Stopwatch clock, Action<Action<long, string>> run)
    {
        TimeSpan next = LineInterval;
        run((tagged, note) =>
        {
            if (clock.Elapsed < next)
                return;
            next = clock.Elapsed + LineInterval;
            string left = tagged == 0 ? ""
                : string.Create(CultureInfo.InvariantCulture, $", {TimeLeft(images, tagged, clock):h\\:mm\\:ss} left");
            Screen.Line(string.Create(CultureInfo.InvariantCulture,
                $"{tagged:N0} of {images:N0} images, {Rate(tagged, clock)}{left}{note}"));
        });
    }

    private static TimeSpan TimeLeft(long images, long tagged, Stopwatch clock) =>
        clock.Elapsed * ((double)(images - tagged) / tagged);

    private static string Rate(long images, Stopwatch clock) =>
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
