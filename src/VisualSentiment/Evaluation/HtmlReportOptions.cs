namespace VisualSentiment;

/// <summary>
/// Options of
/// <see cref="DistillationReportHtml.SaveAsHtml(DistillationReport, string, HtmlReportOptions?)"/>.
/// </summary>
public sealed record HtmlReportOptions
{
    /// <summary>Gets the title of the page.</summary>
    /// <value>Default: "Emotion report".</value>
    public string Title { get; init; } = "Emotion report";

    /// <summary>Gets the name, size and speed of the teacher.</summary>
    /// <value>Default: null.</value>
    public ModelCost? Teacher { get; init; }

    /// <summary>Gets the name, size and speed of the distilled student.</summary>
    /// <value>Default: null.</value>
    public ModelCost? Student { get; init; }

    /// <summary>Gets the name, size and speed of the student on hard labels.</summary>
    /// <value>Default: null.</value>
    public ModelCost? HardLabelStudent { get; init; }

    /// <summary>
    /// Gets settings to show besides <see cref="DistillationReport.Settings"/>, such as the command line; they override
    /// settings with the same name.
    /// </summary>
    /// <value>Default: null.</value>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Gets the maximum number of images in each list; at least 0.</summary>
    /// <value>Default: 12.</value>
    public int MaxImages { get; init; } = 12;

    /// <summary>
    /// Gets a function that returns the encoded bytes of an image. It returns null, or throws an
    /// <see cref="IOException"/>, if they are not available. Images without a path can be identified by <see
    /// cref="TestedImage.Row"/>.
    /// </summary>
    /// <value>Default: null, which reads the file at <see cref="TestedImage.Path"/>.</value>
    public Func<TestedImage, byte[]?>? LoadImage { get; init; }

    /// <summary>
    /// Gets a function that returns the bytes of a second image (JPEG, PNG or WebP) to show beside the first, or null
    /// for none.
    /// </summary>
    /// <value>
    /// Default: null, which shows the evidence for the student's prediction if <c>EvaluateDistillation</c> created the
    /// report with a <see cref="SentimentTransformer"/> that supports evidence maps. To show none, return null.
    /// </value>
    public Func<TestedImage, byte[]?>? LoadOverlay { get; init; }

    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    internal void Validate()
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(Title))
            errors.Add($"{nameof(Title)} is empty");
        if (MaxImages < 0)
            errors.Add(FormattableString.Invariant($"{nameof(MaxImages)} is {MaxImages}; it must be at least 0"));
        (string, ModelCost?)[] costs =
            [(nameof(Teacher), Teacher), (nameof(Student), Student), (nameof(HardLabelStudent), HardLabelStudent)];
        foreach (var (role, cost) in costs)
            if (cost is { Parameters: < 0 } or { MultiplyAdds: < 0 } or { FileBytes: < 0 }
                || cost?.MillisecondsPerImage is { } milliseconds
                    && !(milliseconds >= 0 && double.IsFinite(milliseconds)))
                errors.Add($"{role}: {cost}; values must not be negative");
        if (errors.Count > 0)
            throw new ArgumentException("The options of the HTML report are invalid:"
                + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")));
    }
}
