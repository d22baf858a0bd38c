using VisualSentiment.Data.Columns;

namespace VisualSentiment;

/// <summary>How <see cref="VisualSentimentCatalog.LoadImageFolder"/> reads a folder or a label file.</summary>
public sealed class ImageFolderOptions
{
    /// <summary>How closely the images are looked at.</summary>
    /// <value>
    /// <see cref="ImageVerification.Full"/> by default: an image that is cut short is found now, not in the second hour of
    /// training.
    /// </value>
    public ImageVerification Verify { get; set; } = ImageVerification.Full;

    /// <summary>What happens to files that cannot be used.</summary>
    /// <value><see cref="BadFileAction.Throw"/> by default.</value>
    public BadFileAction OnBadFile { get; set; } = BadFileAction.Throw;

    /// <summary>The column of a label file that holds the images' paths. Case does not matter.</summary>
    /// <value>By default <c>file</c>, or else <c>image</c>, <c>path</c> or <c>filename</c>.</value>
    public string? FileColumn { get; set; }

    /// <summary>The column of a label file that holds the classes. Case does not matter.</summary>
    /// <value>By default <c>label</c>, or else <c>class</c>, <c>emotion</c> or <c>category</c>.</value>
    public string? LabelColumn { get; set; }
}
