using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data;

/// <summary>Checks that images to evaluate are not trained on as images without labels.</summary>
internal static class EvaluatedImages
{
    private static readonly StringComparer Paths =
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Compares full paths. Images that are not read from paths are not compared.</summary>
    /// <exception cref="TrainingDataException">Images are in both data.</exception>
    public static void ThrowIfUnlabeled(IDataView evaluated, IDataView? unlabeled, string imageColumn)
    {
        if (unlabeled is null)
            return;
        HashSet<string> tested = new(ReadPaths(evaluated, imageColumn), Paths);
        string[] shared = [.. ReadPaths(unlabeled, imageColumn).Where(tested.Contains)];
        if (shared.Length > 0)
            throw new TrainingDataException([$"{shared.Length} of the images without labels are also evaluated, such as "
                + $"'{shared[0]}'; the student would be trained on them. Leave them out of the images without labels"]);
    }

    private static IEnumerable<string> ReadPaths(IDataView data, string imageColumn)
    {
        if (data.Schema.GetColumnOrNull(imageColumn) is not { Type: TextDataViewType } image)
            yield break;
        using DataViewRowCursor cursor = data.GetRowCursor([image]);
        ValueGetter<ReadOnlyMemory<char>> getter = cursor.GetGetter<ReadOnlyMemory<char>>(image);
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            getter(ref path);
            // A row without a path is reported when the images are read.
            if (!path.IsEmpty)
                yield return Path.GetFullPath(path.ToString());
        }
    }
}
