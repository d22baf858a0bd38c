using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Quantization;

/// <summary>Reads calibration images from a data view.</summary>
internal static class CalibrationData
{
    /// <exception cref="ArgumentException">There are no rows, columns have other types, or labels are not classes.</exception>
    /// <exception cref="UnreadableImageException">An image cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The data has fewer rows in the second pass.</exception>
    public static CalibrationImages Read(IDataView data, string imageColumn, string labelColumn, OnnxModelInfo info)
    {
        if (ImageColumn.FindError(data.Schema, imageColumn) is { } error)
            throw new ArgumentException($"The calibration data cannot be used: {error}");
        int[] labels = ReadLabels(data, labelColumn, info.Classes);
        if (labels.Length == 0)
            throw new ArgumentException("The calibration data has no rows");

        DataViewSchema.Column image = data.Schema[imageColumn];
        using var cursor = data.GetRowCursor([image]);
        PixelGetter read = ImageColumn.CreateGetter(cursor, image, new PixelPreprocessor(info.Fit));
        byte[] pixels = new byte[PixelFormat.ByteCount];
        return CalibrationImages.Keep([.. Enumerable.Range(0, labels.Length)], [], labels, image =>
        {
            while (cursor.Position < image)
                if (!cursor.MoveNext())
                    throw new InvalidOperationException($"The calibration data had {labels.Length} rows in the first pass, but "
                        + "fewer in the second; it must have the same rows in every pass.");
            read(pixels);
            return pixels;
        });
    }

    private static int[] ReadLabels(IDataView data, string labelColumn, IReadOnlyList<string> classes)
    {
        var label = data.Schema.GetColumnOrNull(labelColumn) is null ? (DataViewSchema.Column?)null
            : ClassLabelColumn.Find(data.Schema, labelColumn);
        using var cursor = data.GetRowCursor(label is { } active ? [active] : Array.Empty<DataViewSchema.Column>());
        Func<string?> read = label is { } column ? ClassLabelColumn.CreateGetter(cursor, column) : () => null;
        var numbers = classes.Select((name, number) => (name, number)).ToDictionary(c => c.name, c => c.number);
        List<int> labels = [];
        SortedSet<string> unknown = new(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            string? name = read();
            labels.Add(name is null ? -1 : numbers.GetValueOrDefault(name, -1));
            if (name is not null && labels[^1] < 0)
                unknown.Add(name);
        }
        return unknown.Count == 0 ? [.. labels] : throw new ArgumentException(
            $"The calibration data has labels in '{labelColumn}' that are not classes of the student: {string.Join(", ", unknown)}; its classes are {string.Join(", ", classes)}");
    }
}
