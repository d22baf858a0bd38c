using System.Globalization;

namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// The limits of a model. Two are settings of the process (<see cref="AppContext"/> or runtimeconfig.json); the others
/// are derived from them or fixed.
/// </summary>
internal static class ModelLimits
{
    /// <summary>The setting for <see cref="Memory"/>, in megabytes.</summary>
    public const string MemorySetting = "VisualSentiment.MaxModelMemoryMegabytes";

    /// <summary>The setting for <see cref="MultiplyAdds"/>, in millions.</summary>
    public const string MultiplyAddsSetting = "VisualSentiment.MaxModelMegaMultiplyAdds";

    /// <summary>Enough for an ensemble of 28 compact 8-bit students.</summary>
    public const int Nodes = 4096;

    public const int Initializers = 8192;

    /// <summary>The fields of the file, each of which may become an object.</summary>
    public const int Fields = 200_000;

    /// <summary>The bytes of names, metadata and integers: everything except weights.</summary>
    public const int SmallData = 4 << 20;

    /// <summary>The dimensions of a value.</summary>
    public const int Rank = 8;

    /// <summary>The copies of the weights during loading: the file, its parts, the rewritten file, and four in ONNX Runtime.</summary>
    private const int WeightCopies = 7;

    /// <summary>
    /// The bytes for loading a model and computing one image. The default is enough for a teacher of ResNet-18 and
    /// MobileNetV2.
    /// </summary>
    public static long Memory => Read(MemorySetting, 640) << 20;

    /// <summary>
    /// The multiply-adds for loading a model and computing one image. Other work is converted by its time: a
    /// multiply-add of the slowest convolution takes 0.3 ns on one core.
    /// </summary>
    public static long MultiplyAdds => Read(MultiplyAddsSetting, 6000) * 1_000_000;

    public static long FileSize => Math.Min(Memory / WeightCopies, Array.MaxLength);

    /// <summary>The memory of a loaded model in bytes, without its activations.</summary>
    public static long MemoryOf(long fileSize) => checked(WeightCopies * fileSize);

    /// <summary>How to raise a limit, for messages.</summary>
    public static string RaiseBy(string setting) =>
        $"if you trust the model, raise the limit with the runtime setting {setting}";

    public static string Megabytes(long bytes) => 
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB");

    private static long Read(string setting, long defaultValue) => AppContext.GetData(setting) switch
    {
        string text when long.TryParse(text, CultureInfo.InvariantCulture, out long value) && value > 0 =>
            Math.Min(value, int.MaxValue),
        int value and > 0 => value,
        long value and > 0 => Math.Min(value, int.MaxValue),
        _ => defaultValue,
    };
}
