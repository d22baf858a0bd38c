using Microsoft.ML.Runtime;
using VisualSentiment.Imaging;

namespace VisualSentiment.Data;

/// <summary>Loads a folder or a label file, validates it, and reports all errors at once.</summary>
internal static class ImageFolderLoader
{
    /// <summary>Loads labeled images, in the ordinal order of their paths below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidImageFolderException">There are errors.</exception>
    public static IReadOnlyList<LabeledImage> Load(IHostEnvironment environment, string path, ImageFolderOptions options)
    {
        path = Path.GetFullPath(path);
        var found = Find(path, options);
        var good = Verify(found, options.Verify);
        CheckClasses(found, good);
        ThrowOrWarn(environment, path, options, found, good);
        return [.. good.Select(file => new LabeledImage(file.FullPath, file.Label))];
    }

    /// <summary>Loads all images below a folder, in the ordinal order of their paths.</summary>
    /// <exception cref="InvalidImageFolderException">There are errors.</exception>
    public static IReadOnlyList<UnlabeledImage> LoadUnlabeled(IHostEnvironment environment, string path, ImageFolderOptions options)
    {
        path = Path.GetFullPath(path);
        var found = Directory.Exists(path) ? ImageFolder.ReadUnlabeled(path) : new LabeledFiles { Errors = { "the folder does not exist" } };
        var good = Verify(found, options.Verify);
        ThrowOrWarn(environment, path, options, found, good);
        return [.. good.Select(file => new UnlabeledImage(file.FullPath))];
    }

    private static void ThrowOrWarn(
        IHostEnvironment environment, string path, ImageFolderOptions options, LabeledFiles found, List<LabeledFile> good)
    {
        bool skip = options.OnBadFile == BadFileAction.Skip;
        if (found.Errors.Count > 0 || (found.BadFiles.Count > 0 && !skip))
            throw new InvalidImageFolderException(path, [.. found.Errors, .. found.BadFiles]);
        if (found.BadFiles.Count > 0)
        {
            using var channel = environment.Start(nameof(VisualSentimentCatalog.LoadImageFolder));
            channel.Warning(MessageSensitivity.None, InvalidImageFolderException.Describe(
                $"Skipped {found.BadFiles.Count} of {found.BadFiles.Count + good.Count} files of '{path}':", found.BadFiles));
        }
    }

    private static LabeledFiles Find(string path, ImageFolderOptions options)
    {
        bool isTable = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);
        if (Directory.Exists(path))
            return ImageFolder.Read(path);
        if (isTable && File.Exists(path))
            return LabelFile.Read(path, options);
        string error = File.Exists(path) ? "it is neither a folder nor a .csv file"
            : isTable ? "the file does not exist"
            : "the folder does not exist";
        return new LabeledFiles { Errors = { error } };
    }

    private static List<LabeledFile> Verify(LabeledFiles found, ImageVerification verification)
    {
        if (verification == ImageVerification.None)
            return found.Files;
        string?[] reasons = new string?[found.Files.Count];
        Parallel.For(0, reasons.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            try
            {
                ImageFile.Validate(found.Files[i].FullPath, headerOnly: verification == ImageVerification.Header);
            }
            catch (UnreadableImageException e)
            {
                reasons[i] = e.Reason;
            }
        });
        var good = new List<LabeledFile>(reasons.Length);
        for (int i = 0; i < reasons.Length; i++)
        {
            if (reasons[i] is null)
                good.Add(found.Files[i]);
            else
                found.BadFiles.Add($"{found.Files[i].RelativePath}: {reasons[i]}");
        }
        found.BadFiles.Sort(StringComparer.Ordinal);
        return good;
    }

    private static void CheckClasses(LabeledFiles found, List<LabeledFile> good)
    {
        var counts = good.CountBy(file => file.Label).ToDictionary(StringComparer.Ordinal);
        if (found.Classes.Count == 0 && found.Errors.Count == 0)
            found.Errors.Add("there are no classes");
        if (found.Classes.Count == 1)
            found.Errors.Add($"there is only one class, '{found.Classes.Min}'; at least two are required");
        foreach (string name in found.Classes)
        {
            int count = counts.GetValueOrDefault(name);
            if (count < 2)
                found.Errors.Add($"{name}: the class has {(count == 0 ? "no usable image" : "only one usable image")}; "
                    + "at least two are required, one for training and one for testing");
        }
    }
}

/// <summary>A labeled row. The names of the properties are the names of the columns.</summary>
internal sealed record LabeledImage(string ImagePath, string Label);

/// <summary>An unlabeled row.</summary>
internal sealed record UnlabeledImage(string ImagePath);
