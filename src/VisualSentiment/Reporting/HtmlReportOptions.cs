using VisualSentiment.Reporting;

namespace VisualSentiment;

/// <summary>What <see cref="DistillationReport.SaveAsHtml(string, HtmlReportOptions?)"/> shows besides what the report knows.</summary>
public sealed record HtmlReportOptions
{
    /// <summary>The title of the page.</summary>
    /// <value>"Distillation report".</value>
    public string Title { get; init; } = "Distillation report";

    /// <summary>Name, size and speed of the teacher.</summary>
    /// <value>null: not known, as for the following.</value>
    public NetworkFigures? Teacher { get; init; }

    /// <summary>Those of the distilled student.</summary>
    public NetworkFigures? Student { get; init; }

    /// <summary>Those of the student on hard labels.</summary>
    public NetworkFigures? HardLabelStudent { get; init; }

    /// <summary>How milliseconds a picture were measured: the machine, and what was counted. Stands under the table.</summary>
    public string? SpeedNote { get; init; }

    /// <summary>The accuracy (0 to 1) of students that were distilled at other temperatures, on the same test pictures.</summary>
    public IReadOnlyDictionary<double, IntervalEstimate>? TemperatureSweep { get; init; }

    /// <summary>What the run was made with, by name, such as data, seed and epochs.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>At most so many pictures are shown in each list; at least 0.</summary>
    /// <value>12.</value>
    public int MaxPictures { get; init; } = 12;

    /// <summary>
    /// Gives the bytes of a picture's file; null or an <see cref="IOException"/> where there are none. Pictures that were no files
    /// when they were tested can be found by <see cref="TestedPicture.Row"/>.
    /// </summary>
    /// <value>null: reads the file at <see cref="TestedPicture.Path"/>.</value>
    public Func<TestedPicture, byte[]?>? LoadPicture { get; init; }

    /// <summary>
    /// Gives a second picture (JPEG, PNG or WebP) to show beside the first, such as where the network looked; null for none.
    /// </summary>
    /// <value>null.</value>
    public Func<TestedPicture, byte[]?>? LoadOverlay { get; init; }

    /// <exception cref="ArgumentException">Something is wrong; all of it is listed.</exception>
    internal void ThrowIfMistaken()
    {
        List<string> mistakes = [];
        if (string.IsNullOrWhiteSpace(Title))
            mistakes.Add($"{nameof(Title)} is empty; a page has a title");
        if (MaxPictures < 0)
            mistakes.Add(FormattableString.Invariant($"{nameof(MaxPictures)} is {MaxPictures}; it must be at least 0"));
        foreach (var (temperature, accuracy) in TemperatureSweep ?? new Dictionary<double, IntervalEstimate>())
            if (!double.IsFinite(temperature) || temperature <= 0 || accuracy.Value is not (>= 0 and <= 1))
                mistakes.Add($"{nameof(TemperatureSweep)} has {Figures.Number(accuracy.Value)} at {Figures.Number(temperature)}; a temperature is above 0, an accuracy from 0 to 1");
        foreach (var (role, figures) in ((string, NetworkFigures?)[])[(nameof(Teacher), Teacher), (nameof(Student), Student), (nameof(HardLabelStudent), HardLabelStudent)])
            if (figures is { Parameters: < 0 } or { MultiplyAdds: < 0 } or { FileBytes: < 0 } || figures?.MillisecondsPerPicture is { } milliseconds && !(milliseconds >= 0 && double.IsFinite(milliseconds)))
                mistakes.Add($"{role}: {figures}; figures of a network are not negative");
        if (mistakes.Count > 0)
            throw new ArgumentException($"The page cannot be written:{string.Concat(mistakes.Select(mistake => $"{Environment.NewLine}  - {mistake}"))}");
    }
}
