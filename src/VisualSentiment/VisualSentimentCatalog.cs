using Microsoft.ML;
using VisualSentiment.Data;

namespace VisualSentiment;

/// <summary>The front door: what VisualSentiment adds to the catalogs of an <see cref="MLContext"/>.</summary>
public static class VisualSentimentCatalog
{
    /// <summary>
    /// Loads the paths and labels of the pictures in a folder, or of those that a label file names. The pictures themselves
    /// are not kept in memory.
    /// </summary>
    /// <remarks>
    /// <para>Three layouts are known:</para>
    /// <list type="number">
    /// <item>a folder a class: <c>awe/1.jpg</c>, <c>awe/more/2.jpg</c>, <c>fear/1.jpg</c>; other files beside the class
    /// folders are left alone;</item>
    /// <item>one folder with the class in the names, as ArtPhoto's: <c>amusement_0487.jpg</c>;</item>
    /// <item>a .csv file with a header and a column each of files, relative to its folder, and of labels.</item>
    /// </list>
    /// <para>Pictures end in .jpg, .jpeg, .png, .webp, .gif or .bmp. Hidden files and folders (a leading dot), Thumbs.db and
    /// desktop.ini are ignored. Rows come in the ordinal order of their paths, the same on every system.</para>
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="path">A folder, or a .csv file.</param>
    /// <param name="options">How closely to look and what to do with bad files; null for the defaults.</param>
    /// <returns>Two text columns: <c>ImagePath</c>, the full path, and <c>Label</c>, the name of the class.</returns>
    /// <exception cref="InvalidImageFolderException">
    /// The folder is missing or empty, a file is unreadable or no picture, a row has no label, a file has two, there are fewer
    /// than two classes, or a class has fewer than two pictures. All mistakes are listed together.
    /// </exception>
    public static IDataView LoadImageFolder(
        this DataOperationsCatalog catalog, string path, ImageFolderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return catalog.LoadFromEnumerable(ImageFolderLoader.Load(CatalogEnvironment.Of(catalog), path, options ?? new()));
    }
}
