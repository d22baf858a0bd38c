using System.Globalization;
using Microsoft.ML;

namespace VisualSentiment.Distillation;

/// <summary>The settings of a distillation by name, in plain words, for metadata and for comparisons of runs.</summary>
internal static class DistillationSettings
{
    public const string LinearProbe = "linear probe";

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
        ("features", options is { FeatureTeacher: { } teacher, Features: { } features }
            ? $"{teacher.Description}, {features.Epochs} epochs before the classes, learning rate "
                + $"{Number(features.LearningRate)}, weight {Number(features.Weight)}{(features.Hints ? ", hints" : "")}" : "none"),
        (LinearProbe, options.LinearProbe ? "yes" : "no"),
        ("images without labels", options.Unlabeled is null ? "none"
            : $"{CountRows(options.Unlabeled.Images)} images, share {(options.Unlabeled.Share is { } share ? Number(share) : "automatic")}"),
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
