using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Files;

/// <summary>The metadata of an exported model.</summary>
internal sealed record OnnxModelInfo
{
    /// <summary>The <see cref="Quantization"/> of an 8-bit student.</summary>
    public const string EightBit = "int8";

    /// <summary>The metric with the name of the student.</summary>
    public const string StudentMetric = "student";

    private const string FormatKey = ModelNames.MetadataPrefix + "format";
    private const string VersionKey = ModelNames.MetadataPrefix + "version";
    private const string ClassesKey = ModelNames.MetadataPrefix + "classes";
    private const string InputKey = ModelNames.MetadataPrefix + "input";
    private const string FitKey = ModelNames.MetadataPrefix + "fit";
    private const string MeanKey = ModelNames.MetadataPrefix + "mean";
    private const string StandardDeviationKey = ModelNames.MetadataPrefix + "standard_deviation";
    private const string InputSizeKey = ModelNames.MetadataPrefix + "input_size";
    private const string TeacherKey = ModelNames.MetadataPrefix + "teacher";
    private const string TemperatureKey = ModelNames.MetadataPrefix + "temperature";
    private const string LossKey = ModelNames.MetadataPrefix + "loss";
    private const string QuantizationKey = ModelNames.MetadataPrefix + "quantization";
    private const string MembersKey = ModelNames.MetadataPrefix + "members";
    private const string RecipeKey = ModelNames.MetadataPrefix + "recipe";
    private const string SettingPrefix = ModelNames.MetadataPrefix + "settings.";
    private const string MetricPrefix = ModelNames.MetadataPrefix + "metrics.";

    /// <summary>The version of the metadata; other versions are rejected.</summary>
    private const int Format = 1;

    private static readonly MetadataJson Json = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
    });

    /// <summary>The classes, in the order of the scores.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>How images are fitted to the model's input.</summary>
    public ImageFit Fit { get; init; }

    /// <summary>The normalization in the graph's first nodes.</summary>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.ImageNet;

    /// <summary>The height and width of the network's input; if not 224, the graph resizes (bilinear, half pixels).</summary>
    public int InputSize { get; init; } = PixelFormat.Height;

    /// <summary>The description of the teacher.</summary>
    public string? Teacher { get; init; }

    public double? Temperature { get; init; }

    /// <summary>The description of the loss.</summary>
    public string? Loss { get; init; }

    /// <summary>The name of the recipe.</summary>
    public string? Recipe { get; init; }

    /// <summary>The settings of the training by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The number format if not 32-bit floats, such as <see cref="EightBit"/>.</summary>
    public string? Quantization { get; init; }

    /// <summary>Other information, such as the accuracy on the test set.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; init; } = new Dictionary<string, string>();

    /// <summary>The students of an ensemble; none for a single student.</summary>
    public IReadOnlyList<EnsembleMember> Members { get; init; } = [];

    /// <summary>The version of the library that exported the model; null before export.</summary>
    public string? LibraryVersion { get; private init; }

    /// <summary>Creates the key-value pairs, in a fixed order.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToMetadata(string libraryVersion)
    {
        var pairs = new SortedDictionary<string, string?>(StringComparer.Ordinal)
        {
            [FormatKey] = Format.ToString(CultureInfo.InvariantCulture),
            [VersionKey] = libraryVersion,
            [ClassesKey] = JsonSerializer.Serialize([.. Classes], Json.StringArray),
            [InputKey] = $"uint8 RGB [N, {PixelFormat.Height}, {PixelFormat.Width}, {PixelFormat.Channels}]",
            [FitKey] = Fit.ToString(),
            [MeanKey] = JsonSerializer.Serialize([.. Normalization.Mean], Json.SingleArray),
            [StandardDeviationKey] = JsonSerializer.Serialize([.. Normalization.StandardDeviation], Json.SingleArray),
            [InputSizeKey] = InputSize.ToString(CultureInfo.InvariantCulture),
            [TeacherKey] = Teacher,
            [TemperatureKey] = Temperature?.ToString(CultureInfo.InvariantCulture),
            [LossKey] = Loss,
            [RecipeKey] = Recipe,
            [QuantizationKey] = Quantization,
            [MembersKey] = Members.Count == 0 ? null : JsonSerializer.Serialize([.. Members], Json.EnsembleMemberArray),
        };
        foreach (var (name, value) in Settings)
            pairs[SettingPrefix + name] = value;
        foreach (var (name, value) in Metrics)
            pairs[MetricPrefix + name] = value;
        return pairs.Where(p => p.Value is not null)!;
    }

    /// <summary>Reads the metadata of a model.</summary>
    /// <param name="metadata">The key-value pairs.</param>
    /// <param name="model">The name of the model in messages.</param>
    /// <exception cref="InvalidModelException">The metadata is missing, damaged, or of a later version.</exception>
    public static OnnxModelInfo Read(IReadOnlyDictionary<string, string> metadata, string model)
    {
        if (!metadata.TryGetValue(FormatKey, out string? format))
            throw new InvalidModelException(model, "it is an ONNX model, but was not exported by this library (its metadata "
                + $"has no '{FormatKey}'); pass a student saved with SaveAsOnnx or ml.Model.Save");
        if (format != Format.ToString(CultureInfo.InvariantCulture))
            throw new InvalidModelException(model, $"its metadata has format {format}, but this version supports {Format}; update the library");
        try
        {
            string[] classes = ParseArray(metadata[ClassesKey], element => element.GetString() ?? throw new JsonException("null"));
            if (FindError(classes) is { } error)
                throw new JsonException(error);
            return new OnnxModelInfo
            {
                Classes = classes,
                Fit = ParseFit(metadata[FitKey]),
                Normalization = new PixelNormalization(ParseFloats(metadata[MeanKey]), ParseFloats(metadata[StandardDeviationKey])),
                InputSize = int.Parse(metadata[InputSizeKey], CultureInfo.InvariantCulture),
                Teacher = metadata.GetValueOrDefault(TeacherKey),
                Temperature = metadata.TryGetValue(TemperatureKey, out string? t) ? double.Parse(t, CultureInfo.InvariantCulture) : null,
                Loss = metadata.GetValueOrDefault(LossKey),
                Quantization = metadata.GetValueOrDefault(QuantizationKey),
                Members = metadata.TryGetValue(MembersKey, out string? members)
                    ? JsonSerializer.Deserialize(members, Json.EnsembleMemberArray) ?? throw new JsonException("null") : [],
                LibraryVersion = metadata.GetValueOrDefault(VersionKey),
                Recipe = metadata.GetValueOrDefault(RecipeKey),
                Settings = WithPrefix(metadata, SettingPrefix),
                Metrics = WithPrefix(metadata, MetricPrefix),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentException or OverflowException)
        {
            throw new InvalidModelException(model, $"its metadata is damaged ({e.Message}); export the model again", e);
        }
    }

    /// <inheritdoc cref="Read(IReadOnlyDictionary{string, string}, string)"/>
    public static OnnxModelInfo Read(ReadOnlySpan<byte> onnxModel, string model) => Read(ModelValidator.Parse(onnxModel, model), model);

    /// <inheritdoc cref="Read(IReadOnlyDictionary{string, string}, string)"/>
    public static OnnxModelInfo Read(ModelProto onnxModel, string model) =>
        Read(onnxModel.MetadataProps.DistinctBy(entry => entry.Key).ToDictionary(entry => entry.Key, entry => entry.Value), model);

    /// <summary>The error in the classes of a model; null if they are valid.</summary>
    public static string? FindError(IReadOnlyList<string> classes)
    {
        if (classes.Count == 0)
            return "there are no classes";
        string[] repeated = [.. classes.CountBy(name => name).Where(count => count.Value > 1).Select(count => $"'{count.Key}'")];
        return repeated.Length == 0 ? null : $"classes that occur more than once: {string.Join(", ", repeated)}";
    }

    private static Dictionary<string, string> WithPrefix(IReadOnlyDictionary<string, string> metadata, string prefix) =>
        metadata.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    // Starting the serializer would take longer than reading all metadata.
    private static T[] ParseArray<T>(string json, Func<JsonElement, T> parse)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray().Select(parse)]
            : throw new JsonException("it is not an array");
    }

    private static float[] ParseFloats(string json) => ParseArray(json, element => element.GetSingle());

    // Enum.Parse accepts numbers too.
    private static ImageFit ParseFit(string name) => Enum.GetNames<ImageFit>().Contains(name) ? Enum.Parse<ImageFit>(name)
        : throw new FormatException($"'{FitKey}' is '{name}'; it must be one of {string.Join(", ", Enum.GetNames<ImageFit>())}");
}

/// <summary>Serializes metadata without reflection, for trimmed applications.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(EnsembleMember[]))]
internal sealed partial class MetadataJson : JsonSerializerContext;

/// <summary>The metadata of a student in an ensemble.</summary>
/// <param name="Weight">The weight of its probabilities, 0 to 1.</param>
/// <param name="Teacher">The description of the teacher.</param>
/// <param name="Temperature">The temperature of the distillation.</param>
/// <param name="Loss">The description of the loss.</param>
/// <param name="Quantization">The number format if not 32-bit floats.</param>
/// <param name="Metrics">Other information.</param>
internal sealed record EnsembleMember(double Weight, string? Teacher, double? Temperature, string? Loss, string? Quantization,
    IReadOnlyDictionary<string, string> Metrics);
