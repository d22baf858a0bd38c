using System.Text.RegularExpressions;

namespace VisualSentiment.Data;

/// <summary>
/// Finds the labelled pictures of a folder, in one of two layouts: a folder a class, with pictures at any depth, or
/// ArtPhoto's, all in one folder and named like <c>amusement_0487.jpg</c>.
/// </summary>
internal static partial class ImageFolder
{
    public static LabelledFiles Read(string folder)
    {
        var scan = FolderScan.Of(folder);
        var result = new LabelledFiles();
        result.Mistakes.AddRange(scan.Unreadable);

        var nested = scan.Files.Where(IsNested).ToList();
        var top = scan.Files.Where(f => !IsNested(f)).ToList();
        string? nestedPicture = nested.Find(PictureExtensions.Has);
        string? namedPicture = top.Find(f => PictureExtensions.Has(f) && ClassOfName(f) is not null);
        if (nestedPicture is not null && namedPicture is not null)
        {
            result.Mistakes.Add($"it is not clear what the classes are: there are pictures in folders ({nestedPicture}) and "
                + $"pictures named by class ({namedPicture}); move one kind elsewhere");
            return result;
        }
        if (nestedPicture is null && !top.Any(PictureExtensions.Has))
        {
            result.Mistakes.Add($"no pictures ({PictureExtensions.List}); put them into a folder for each class, or name them "
                + "like amusement_0487.jpg");
        }
        if (nestedPicture is null && namedPicture is not null)
            ReadNames(folder, top, result);
        else
            ReadClassFolders(folder, scan.Folders, nested, top, result);
        return result;
    }

    /// <summary>Finds all pictures of a folder, at any depth. Files that are no pictures are left alone.</summary>
    public static LabelledFiles ReadUnlabeled(string folder)
    {
        var scan = FolderScan.Of(folder);
        var result = new LabelledFiles();
        result.Mistakes.AddRange(scan.Unreadable);
        foreach (string file in scan.Files.Where(PictureExtensions.Has))
            result.Files.Add(new(file, FullPath(folder, file), ""));
        if (result.Files.Count == 0 && result.Mistakes.Count == 0)
            result.Mistakes.Add($"no pictures ({PictureExtensions.List})");
        return result;
    }

    private static void ReadClassFolders(
        string folder, List<string> folders, List<string> nested, List<string> top, LabelledFiles result)
    {
        foreach (string name in folders.Where(f => !IsNested(f)))
            result.Classes.Add(name);
        foreach (string file in nested)
        {
            if (PictureExtensions.Has(file))
                result.Add(new(file, FullPath(folder, file), file[..file.IndexOf('/')]));
            else
                result.BadFiles.Add($"{file}: not a picture ({PictureExtensions.List})");
        }
        // A label file or a README beside the class folders is nobody's mistake; a picture there has no class.
        foreach (string file in top.Where(PictureExtensions.Has))
            result.BadFiles.Add($"{file}: the picture lies in no class folder, and its name has no class (as amusement_0487.jpg)");
    }

    private static void ReadNames(string folder, List<string> top, LabelledFiles result)
    {
        foreach (string file in top)
        {
            string? label = ClassOfName(file);
            if (!PictureExtensions.Has(file))
            {
                if (label is not null)
                    result.BadFiles.Add($"{file}: not a picture ({PictureExtensions.List})");
            }
            else if (label is null)
            {
                result.BadFiles.Add($"{file}: its name has no class (as amusement_0487.jpg)");
            }
            else
            {
                result.Add(new(file, FullPath(folder, file), label));
            }
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
