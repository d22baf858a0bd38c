namespace VisualSentiment;

/// <summary>
/// The options of <see cref="VisualSentimentCatalog.LoadImageFolder"/> and
/// <see cref="VisualSentimentCatalog.LoadUnlabeledImages"/>.
/// </summary>
public sealed record ImageFolderOptions
{
    /// <summary>Gets the validation of image files.</summary>
    /// <value>
    /// <see cref="ImageVerification.Header"/> by default. Training decodes every image before the first epoch and
    /// throws an exception that lists the invalid ones. <see cref="ImageVerification.Full"/> detects them earlier,
    /// for example to skip them.
    /// </value>
    public ImageVerification Verify { get; init; } = ImageVerification.Header;

    /// <summary>Gets the action for files that cannot be used.</summary>
    /// <value><see cref="BadFileAction.Throw"/> by default.</value>
    public BadFileAction OnBadFile { get; init; } = BadFileAction.Throw;

    /// <summary>Gets the name of the path column of a label file; case-insensitive.</summary>
    /// <value>null by default, which uses <c>file</c>, <c>image</c>, <c>path</c> or <c>filename</c>.</value>
    public string? FileColumnName { get; init; }

    /// <summary>Gets the name of the class column of a label file; case-insensitive.</summary>
    /// <value>null by default, which uses <c>label</c>, <c>class</c>, <c>emotion</c> or <c>category</c>.</value>
    public string? LabelColumnName { get; init; }
}
