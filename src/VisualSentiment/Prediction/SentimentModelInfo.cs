using System.Globalization;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment;

/// <summary>The description of a student, from the metadata of its ONNX model.</summary>
public sealed class SentimentModelInfo
{
    internal SentimentModelInfo(OnnxModelInfo info)
    {
        Student = info.Metrics.GetValueOrDefault(OnnxModelInfo.StudentMetric);
        Teacher = info.Teacher;
        Recipe = info.Recipe;
        Quantization = info.Quantization;
        ImageFit = info.Fit;
        Dictionary<string, string> settings = info.Settings.ToDictionary();
        if (info.Loss is { } loss)
            settings.TryAdd("loss", loss);
        if (info.Temperature is { } temperature)
            settings.TryAdd("temperature", temperature.ToString(CultureInfo.InvariantCulture));
        Settings = settings;
        Metrics = info.Metrics.Where(metric => metric.Key != OnnxModelInfo.StudentMetric).ToDictionary();
        LibraryVersion = info.LibraryVersion;
    }

    /// <summary>Gets the name of the student; null if the model does not contain it.</summary>
    public string? Student { get; }

    /// <summary>Gets the name of the teacher; null if the student was trained on labels only.</summary>
    public string? Teacher { get; }

    /// <summary>Gets the name of the recipe; null if the model does not contain it.</summary>
    public string? Recipe { get; }

    /// <summary>Gets the number format of the weights, such as <c>int8</c>; null for 32-bit floats.</summary>
    public string? Quantization { get; }

    /// <summary>Gets how images are fitted to the input of 224 x 224 pixels.</summary>
    public ImageFit ImageFit { get; }

    /// <summary>Gets the settings of the training by name, such as <c>loss</c> and <c>temperature</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Gets the results of the training by name, such as <c>validation_accuracy</c>.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; }

    /// <summary>Gets the version of the library that exported the model; null if it is unknown.</summary>
    public string? LibraryVersion { get; }
}
