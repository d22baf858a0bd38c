using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Video;

/// <summary>
/// Shows the current probabilities: bars in a terminal, one line per second of the video otherwise, tab-separated.
/// </summary>
internal static class WatchDisplay
{
    private const int MaxWidth = 100;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    /// <param name="settings">The settings.</param>
    /// <param name="state">The state, which is read after each frame.</param>
    /// <param name="work">The work, which calls its argument after each frame.</param>
    public static void Run(WatchSettings settings, WatchState state, Action<Action> work)
    {
        if (settings.IsQuiet)
            work(() => { });
        else if (Screen.IsPlain)
            RunPlain(state, work);
        else
            RunLive(settings, state, work);
    }

    private static void RunPlain(WatchState state, Action<Action> work)
    {
        double next = 0;
        work(() =>
        {
            if (state.Time < next || state.Smoothed is not { } smoothed)
                return;
            next = Math.Floor(state.Time) + 1;
            Screen.Line(FormattableString.Invariant(
                $"{VideoTime.Format(state.Time, 1)}\t{smoothed.Emotion}\t{smoothed.Confidence:F3}"));
        });
    }

    private static void RunLive(WatchSettings settings, WatchState state, Action<Action> work) =>
        AnsiConsole.Live(new Text($"Opening {settings.Source.Name}")).Start(context =>
        {
            long refreshed = 0;
            void Refresh()
            {
                if (state.Smoothed is { } smoothed)
                    context.UpdateTarget(Draw(settings, state, smoothed));
                refreshed = Stopwatch.GetTimestamp();
            }
            try
            {
                work(() =>
                {
                    if (Stopwatch.GetElapsedTime(refreshed) >= RefreshInterval)
                        Refresh();
                });
            }
            finally
            {
                Refresh();
            }
        });

    private static Rows Draw(WatchSettings settings, WatchState state, SentimentPrediction smoothed)
    {
        var bars = new BarChart().Width(Math.Min(MaxWidth, Screen.Width)).WithMaxValue(1)
            .UseValueFormatter(value => value.ToString("0%", CultureInfo.InvariantCulture));
        foreach (var (index, (emotion, probability)) in smoothed.Scores.Index())
            bars.AddItem(emotion.EscapeMarkup(), probability, Color.FromHex(Palette.ColorOf(index)));
        var numbers = new Text($"{VideoTime.Format(state.Time, 1)}   {state.Speed}");
        return new Rows((IRenderable[])[new Text(settings.Source.Name), numbers, bars]);
    }
}
