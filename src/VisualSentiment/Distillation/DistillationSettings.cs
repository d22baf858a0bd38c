using System.Globalization;
using Microsoft.ML;

namespace VisualSentiment.Distillation;

/// <summary>The settings of a distillation by name, in plain words, for metadata and for comparisons of runs.</summary>
internal static class DistillationSettings
{
    /// <summary>
    /// Returns every option that affects the student, in a fixed order. The seed, the device and the data are left out.
    /// </summary>
    /// <remarks>Networks, losses and models of the user are described by their names.</remarks>
    public static IReadOnlyList<(string Name, string Value)> Of(KnowledgeDistillationOptions options) =>
    [
        ("student", options.Student.Name),
        ("teacher", options.Loss.UsesTeacher ? options.Teacher!.Description : "none"),
        ("loss", options.Loss.Name),
        ("temperature", options.Loss.Temperature is { } temperature ? Number(temperature) : "none"),
        .. options.ToSchedule().Settings(),
        ("augmentation", options.Augmentation?.ToString() ?? "none"),
        ("features", options.FeatureTeacher is null ? "none"
            : $"{options.FeatureTeacher.Description}, weight {Number(options.FeatureWeight)}"),
        ("linear probe", options.LinearProbe ? "yes" : "no"),
        ("images without labels", options.UnlabeledImages is null ? "none"
            : $"{CountRows(options.UnlabeledImages)} images, share {Number(options.UnlabeledShare)}"),
        ("validation images", options.ValidationSet is not null ? $"{CountRows(options.ValidationSet)} images"
            : options.ValidationFraction == 0 ? "none" : $"fraction {Number(options.ValidationFraction)}"),
        ("image fit", options.ImageFit.ToString()),
    ];

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static int CountRows(IDataView data)
    {
        using DataViewRowCursor cursor = data.GetRowCursor([]);
        int rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }
}
