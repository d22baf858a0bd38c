using System.Text.RegularExpressions;

namespace VisualSentiment.Data;

/// <summary>
/// Finds the labeled images of a folder, in one of two layouts: one folder per class, with images at any depth, or that
/// of ArtPhoto, with all images in one folder and names like <c>amusement_0487.jpg</c>.
/// </summary>
internal static partial class ImageFolder
{
    public static LabeledFiles Read(string folder)
    {
        var scan = FolderScan.Of(folder);
        var result = new LabeledFiles();
        result.Errors.AddRange(scan.Unreadable);

        var nested = scan.Files.Where(IsNested).ToList();
        var top = scan.Files.Where(f => !IsNested(f)).ToList();
        string? nestedImage = nested.Find(ImageExtensions.Has);
        string? namedImage = top.Find(f => ImageExtensions.Has(f) && ClassOfName(f) is not null);
        if (nestedImage is not null && namedImage is not null)
        {
            result.Errors.Add($"the classes are ambiguous: there are images in class folders ({nestedImage}) and "
                + $"images named by class ({namedImage}); remove one of the two");
            return result;
        }
        if (nestedImage is null && !top.Any(ImageExtensions.Has))
            result.Errors.Add($"no images ({ImageExtensions.List}); put them into one folder per class, or name them like "
                + "amusement_0487.jpg");
        if (nestedImage is null && namedImage is not null)
            ReadNames(folder, top, result);
        else
            ReadClassFolders(folder, scan.Folders, nested, top, result);
        return result;
    }

    /// <summary>Finds all images of a folder, at any depth. Other files are ignored.</summary>
    public static LabeledFiles ReadUnlabeled(string folder)
    {
        var scan = FolderScan.Of(folder);
        var result = new LabeledFiles();
        result.Errors.AddRange(scan.Unreadable);
        foreach (string file in scan.Files.Where(ImageExtensions.Has))
            result.Files.Add(new(file, FullPath(folder, file), ""));
        if (result.Files.Count == 0 && result.Errors.Count == 0)
            result.Errors.Add($"no images ({ImageExtensions.List})");
        return result;
    }

    private static void ReadClassFolders(
        string folder, List<string> folders, List<string> nested, List<string> top, LabeledFiles result)
    {
        foreach (string name in folders.Where(f => !IsNested(f)))
            result.Classes.Add(name);
        foreach (string file in nested)
        {
            if (ImageExtensions.Has(file))
                result.Add(new(file, FullPath(folder, file), file[..file.IndexOf('/')]));
            else
                result.BadFiles.Add($"{file}: not an image ({ImageExtensions.List})");
        }
        // Other files beside the class folders, such as a README, are allowed.
        foreach (string file in top.Where(ImageExtensions.Has))
            result.BadFiles.Add($"{file}: the image is not in a class folder, and its name has no class (like amusement_0487.jpg)");
    }

    private static void ReadNames(string folder, List<string> top, LabeledFiles result)
    {
        foreach (string file in top)
        {
            string? label = ClassOfName(file);
            if (!ImageExtensions.Has(file) && label is not null)
                result.BadFiles.Add($"{file}: not an image ({ImageExtensions.List})");
            else if (ImageExtensions.Has(file) && label is null)
                result.BadFiles.Add($"{file}: its name has no class (like amusement_0487.jpg)");
            else if (label is not null)
                result.Add(new(file, FullPath(folder, file), label));
        }
    }

    private static bool IsNested(string file) => file.Contains('/');

    private static string FullPath(string folder, string file) =>
        Path.Join(folder, file.Replace('/', Path.DirectorySeparatorChar));

    private static string? ClassOfName(string file) =>
        NamedByClass().Match(Path.GetFileNameWithoutExtension(file)) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^(.+)_[0-9]+\z", RegexOptions.Singleline)]
    private static partial Regex NamedByClass();
}

/// <summary>The file extensions of images.</summary>
internal static class ImageExtensions
{
    private static readonly string[] All = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    public static string List { get; } = string.Join(' ', All);

    public static bool Has(string path) => All.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
