
namespace VisualSentiment;

/// <summary>Options of <see cref="VisualSentimentCatalog.LoadImageFolder"/>.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>How thoroughly image files are validated.</summary>
    /// <value>
    /// <see cref="ImageVerification.Header"/> by default. Training decodes every image before its first epoch and lists
    /// those that cannot be decoded; <see cref="ImageVerification.Full"/> finds them before, for instance to skip them.
    /// </value>
    public ImageVerification Verify { get; init; } = ImageVerification.Header;

    /// <summary>What happens if files cannot be used.</summary>
    /// <value><see cref="BadFileAction.Throw"/> by default.</value>
    public BadFileAction OnBadFile { get; init; } = BadFileAction.Throw;

    /// <summary>The column of a label file with the paths of the images. Case does not matter.</summary>
    /// <value>By default <c>file</c>, or else <c>image</c>, <c>path</c> or <c>filename</c>.</value>
    public string? FileColumnName { get; init; }

    /// <summary>The column of a label file with the names of the classes. Case does not matter.</summary>
    /// <value>By default <c>label</c>, or else <c>class</c>, <c>emotion</c> or <c>category</c>.</value>
    public string? LabelColumnName { get; init; }
}
