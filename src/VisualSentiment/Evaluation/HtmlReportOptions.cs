using VisualSentiment.Networks;

namespace VisualSentiment;

/// <summary>What <see cref="DistillationReportHtml.SaveAsHtml(DistillationReport, string, HtmlReportOptions?)"/> shows besides what the report knows.</summary>
public sealed record HtmlReportOptions
{
    /// <summary>The title of the page.</summary>
    /// <value>"Distillation report".</value>
    public string Title { get; init; } = "Distillation report";

    /// <summary>Name, size and speed of the teacher.</summary>
    /// <value>null: not known, as for the following.</value>
    public ModelCost? Teacher { get; init; }

    /// <summary>Those of the distilled student.</summary>
    public ModelCost? Student { get; init; }

    /// <summary>Those of the student on hard labels.</summary>
    public ModelCost? HardLabelStudent { get; init; }

    /// <summary>What the run was made with, by name, such as data, seed and epochs.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>At most so many images are shown in each list; at least 0.</summary>
    /// <value>12.</value>
    public int MaxImages { get; init; } = 12;

    /// <summary>
    /// Gives the bytes of an image's file; null or an <see cref="IOException"/> where there are none. Images that were no files
    /// when they were tested can be found by <see cref="TestedImage.Row"/>.
    /// </summary>
    /// <value>null: reads the file at <see cref="TestedImage.Path"/>.</value>
    public Func<TestedImage, byte[]?>? LoadImage { get; init; }

    /// <summary>
    /// Gives a second image (JPEG, PNG or WebP) to show beside the first, such as where the network looked; null for none.
    /// </summary>
    /// <value>null.</value>
    public Func<TestedImage, byte[]?>? LoadOverlay { get; init; }

    /// <exception cref="ArgumentException">Options are invalid; all that are invalid are listed.</exception>
    internal void Validate()
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(Title))
            errors.Add($"{nameof(Title)} is empty; a page has a title");
        if (MaxImages < 0)
            errors.Add(FormattableString.Invariant($"{nameof(MaxImages)} is {MaxImages}; it must be at least 0"));
        foreach (var (role, cost) in ((string, ModelCost?)[])[(nameof(Teacher), Teacher), (nameof(Student), Student), (nameof(HardLabelStudent), HardLabelStudent)])
            if (cost is { Parameters: < 0 } or { MultiplyAdds: < 0 } or { FileBytes: < 0 } || cost?.MillisecondsPerImage is { } milliseconds && !(milliseconds >= 0 && double.IsFinite(milliseconds)))
                errors.Add($"{role}: {cost}; values must not be negative");
        if (errors.Count > 0)
            throw new ArgumentException($"The page cannot be written:{string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"))}");
    }
}
