using System.Globalization;
using VisualSentiment.Networks;

namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// What a model may cost at most. Two limits are settings of the process (<see cref="AppContext"/>, or
/// runtimeconfig.json); the others follow from them or are fixed.
/// </summary>
internal static class ModelLimits
{
    /// <summary>The setting for <see cref="Memory"/>, in megabytes.</summary>
    public const string MemorySetting = "VisualSentiment.MaxModelMemoryMegabytes";

    /// <summary>The setting for <see cref="MultiplyAdds"/>, in millions.</summary>
    public const string MultiplyAddsSetting = "VisualSentiment.MaxModelMegaMultiplyAdds";

    /// <summary>Nodes of a graph: an ensemble of 28 compact 8-bit students has as many.</summary>
    public const int Nodes = 4096;

    public const int Initializers = 8192;

    /// <summary>Fields of the whole file, each of which may become an object.</summary>
    public const int Fields = 200_000;

    /// <summary>Bytes of names, metadata and whole numbers: everything that is not weights.</summary>
    public const int SmallData = 4 << 20;

    /// <summary>Dimensions of a value.</summary>
    public const int Rank = 8;

    /// <summary>
    /// Copies of the weights while a model is loaded: the file, its parts, the rewritten file, and four of ONNX
    /// Runtime.
    /// </summary>
    private const int WeightCopies = 7;

    /// <summary>Bytes that loading a model and computing one image may take.</summary>
    public static long Memory => Read(MemorySetting, 256) << 20;

    /// <summary>
    /// Multiply-adds of loading a model and computing one image. Other work counts as the multiply-adds that take as
    /// long in the slowest convolution, 0.3 ns each on one core.
    /// </summary>
    public static long MultiplyAdds => Read(MultiplyAddsSetting, 6000) * 1_000_000;

    /// <summary>Bytes of a model.</summary>
    public static long FileSize => Math.Min(Memory / WeightCopies, Array.MaxLength);

    /// <summary>The memory of a model of so many bytes, without what it computes.</summary>
    public static long MemoryOf(long fileSize) => checked(WeightCopies * fileSize);

    /// <summary>How to raise a limit, for messages.</summary>
    public static string RaiseBy(string setting) =>
        $"if you trust the model, raise the limit with the runtime setting {setting}";

    public static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture,
        $"{bytes / 1048576.0:0.#} MB");

    private static long Read(string setting, long otherwise) => AppContext.GetData(setting) switch
    {
        string text when long.TryParse(text, CultureInfo.InvariantCulture, out long value) && value > 0 =>
            Math.Min(value, int.MaxValue),
        int value and > 0 => value,
        long value and > 0 => Math.Min(value, int.MaxValue),
        _ => otherwise,
    };
}
