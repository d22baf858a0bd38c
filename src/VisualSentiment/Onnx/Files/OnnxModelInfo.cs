using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Onnx.Files;

/// <summary>What an exported model says of itself in its metadata.</summary>
internal sealed record OnnxModelInfo
{
    /// <summary>The <see cref="Quantization"/> of a student of 8-bit integers.</summary>
    public const string EightBit = "int8";

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
    private const string MetricPrefix = ModelNames.MetadataPrefix + "metrics.";

    /// <summary>The version of the metadata; a later one is not read.</summary>
    private const int Format = 1;

    private static readonly MetadataJson Json = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
    });

    /// <summary>The classes, in the order of the scores.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>How images are fitted to the square before the model sees them.</summary>
    public ImageFit Fit { get; init; }

    /// <summary>What the graph's first nodes do to the pixels.</summary>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.ImageNet;

    /// <summary>Height and width of what the network sees; where it is not 224, the graph resizes (bilinear, half pixels).</summary>
    public int InputSize { get; init; } = PixelFormat.Height;

    /// <summary>The teacher, in words.</summary>
    public string? Teacher { get; init; }

    /// <summary>The temperature of the distillation.</summary>
    public double? Temperature { get; init; }

    /// <summary>The loss, in words.</summary>
    public string? Loss { get; init; }

    /// <summary>How numbers are kept where they are not 32-bit floats, such as <see cref="EightBit"/>.</summary>
    public string? Quantization { get; init; }

    /// <summary>Anything else worth knowing, such as the accuracy on the test set.</summary>
    public IReadOnlyDictionary<string, string> Metrics { get; init; } = new Dictionary<string, string>();

    /// <summary>The students of an ensemble; none for a single student.</summary>
    public IReadOnlyList<EnsembleMember> Members { get; init; } = [];

    /// <summary>The version of the library that exported the model; null before it is exported.</summary>
    public string? LibraryVersion { get; private init; }

    /// <summary>The key-value pairs of a model's metadata, always in the same order.</summary>
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
            [QuantizationKey] = Quantization,
            [MembersKey] = Members.Count == 0 ? null : JsonSerializer.Serialize([.. Members], Json.EnsembleMemberArray),
        };
        foreach (var (name, value) in Metrics)
            pairs[MetricPrefix + name] = value;
        return pairs.Where(p => p.Value is not null)!;
    }

    /// <summary>Reads the metadata of a model.</summary>
    /// <param name="metadata">The key-value pairs, as they stand in the model.</param>
    /// <param name="model">What the model is called in the message when that fails.</param>
    /// <exception cref="InvalidModelException">They are missing, damaged, or of a later version of the library.</exception>
    public static OnnxModelInfo Read(IReadOnlyDictionary<string, string> metadata, string model)
    {
        if (!metadata.TryGetValue(FormatKey, out string? format))
            throw new InvalidModelException(model, "it is an ONNX model, but not one that this library exported (its metadata "
                + $"has no '{FormatKey}'); give a student saved with SaveAsOnnx or ml.Model.Save");
        if (format != Format.ToString(CultureInfo.InvariantCulture))
            throw new InvalidModelException(model, $"its metadata is of format {format}, this version reads {Format}; update the library");
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
                Members = metadata.TryGetValue(MembersKey, out string? members) ? JsonSerializer.Deserialize(members, Json.EnsembleMemberArray) ?? throw new JsonException("null") : [],
                LibraryVersion = metadata.GetValueOrDefault(VersionKey),
                Metrics = ReadMetrics(metadata),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidModelException(model, $"its metadata is damaged ({e.Message}); export the model again", e);
        }
    }

    /// <summary>Reads the metadata from a model's bytes.</summary>
    /// <inheritdoc cref="Read(IReadOnlyDictionary{string, string}, string)"/>
    public static OnnxModelInfo Read(ReadOnlySpan<byte> onnxModel, string model) => Read(ModelValidator.Parse(onnxModel, model), model);

    /// <summary>Reads the metadata of a parsed model.</summary>
    /// <inheritdoc cref="Read(IReadOnlyDictionary{string, string}, string)"/>
    public static OnnxModelInfo Read(ModelProto onnxModel, string model) =>
        Read(ToDictionary(onnxModel.MetadataProps), model);

    private static Dictionary<string, string> ReadMetrics(IReadOnlyDictionary<string, string> metadata)
    {
        Dictionary<string, string> metrics = [];
        foreach (var (key, value) in metadata)
            if (key.StartsWith(MetricPrefix, StringComparison.Ordinal))
                metrics.Add(key[MetricPrefix.Length..], value);
        return metrics;
    }

    private static Dictionary<string, string> ToDictionary(IEnumerable<StringStringEntryProto> entries)
    {
        Dictionary<string, string> metadata = [];
        foreach (StringStringEntryProto entry in entries)
            metadata.TryAdd(entry.Key, entry.Value);
        return metadata;
    }

    /// <summary>Null where the classes can be those of a model, otherwise what is wrong with them.</summary>
    public static string? FindError(IReadOnlyList<string> classes)
    {
        if (classes.Count == 0)
            return "there are no classes";
        HashSet<string> seen = [], twice = [];
        foreach (string name in classes)
            if (!seen.Add(name))
                twice.Add($"'{name}'");
        return twice.Count == 0 ? null : $"classes that occur more than once: {string.Join(", ", twice)}";
    }

    // A serializer would take longer to start than everything else in the metadata takes.
    private static T[] ParseArray<T>(string json, Func<JsonElement, T> parse)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new JsonException("it is no array");
        T[] values = new T[document.RootElement.GetArrayLength()];
        for (int i = 0; i < values.Length; i++)
            values[i] = parse(document.RootElement[i]);
        return values;
    }

    private static float[] ParseFloats(string json) => ParseArray(json, element => element.GetSingle());

    // Enum.Parse takes numbers too.
    private static ImageFit ParseFit(string name) => Enum.GetNames<ImageFit>().Contains(name) ? Enum.Parse<ImageFit>(name)
        : throw new FormatException($"'{FitKey}' is '{name}'; it must be one of {string.Join(", ", Enum.GetNames<ImageFit>())}");
}

/// <summary>How metadata is read and written without reflection, which trimmed applications do not have.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(EnsembleMember[]))]
internal sealed partial class MetadataJson : JsonSerializerContext;

/// <summary>What an ensemble's metadata contains about one of its students.</summary>
/// <param name="Weight">Its share of the averaged probabilities, 0 to 1.</param>
/// <param name="Teacher">Its teacher, in words.</param>
/// <param name="Temperature">The temperature of its distillation.</param>
/// <param name="Loss">Its loss, in words.</param>
/// <param name="Quantization">The format of its numbers where they are not 32-bit floats.</param>
/// <param name="Metrics">Anything else worth knowing.</param>
internal sealed record EnsembleMember(double Weight, string? Teacher, double? Temperature, string? Loss, string? Quantization,
    IReadOnlyDictionary<string, string> Metrics);
