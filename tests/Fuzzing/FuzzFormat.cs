namespace VisualSentiment.Fuzzing;

/// <summary>A kind of file that the library reads.</summary>
/// <param name="Name">The name on the command line, which is also the file extension.</param>
/// <param name="CreateSeeds">Creates small valid files, the same ones every time.</param>
/// <param name="MutateStructure">
/// Changes fields of the format and keeps lengths and checksums valid, so that the checks of the outer layers pass.
/// </param>
/// <param name="Read">Reads a file with the library.</param>
/// <param name="Documented">The exception that an invalid file may cause.</param>
internal sealed record FuzzFormat(
    string Name, Func<IReadOnlyList<byte[]>> CreateSeeds, Func<byte[], Random, byte[]> MutateStructure,
    Action<byte[]> Read, Type Documented)
{
    public static IReadOnlyList<FuzzFormat> All { get; } =
    [
        new("jpg", ImageSeeds.Jpeg, JpegStructure.Mutate, Targets.DecodeImage, typeof(UnreadableImageException)),
        new("png", ImageSeeds.Png, PngStructure.Mutate, Targets.DecodeImage, typeof(UnreadableImageException)),
        new("webp", ImageSeeds.WebP, WebPStructure.Mutate, Targets.DecodeImage, typeof(UnreadableImageException)),
        new("gif", ImageSeeds.Gif, GifStructure.Mutate, Targets.DecodeImage, typeof(UnreadableImageException)),
        new("bmp", ImageSeeds.Bmp, BmpStructure.Mutate, Targets.DecodeImage, typeof(UnreadableImageException)),
        new("onnx", ModelSeeds.Onnx, OnnxStructure.Mutate, Targets.LoadModel, typeof(InvalidModelException)),
        new("zip", ModelSeeds.Zip, ZipStructure.Mutate, Targets.LoadModel, typeof(InvalidModelException)),
        new("safetensors", ModelSeeds.Safetensors, SafetensorsStructure.Mutate, Targets.ReadWeights,
            typeof(PretrainedWeightsException)),
    ];

    /// <exception cref="ArgumentException">The format is unknown.</exception>
    public static FuzzFormat Find(string name) => All.FirstOrDefault(format => format.Name == name)
        ?? throw new ArgumentException(
            $"Unknown format: {name}. The formats are {string.Join(", ", All.Select(format => format.Name))}.");
}
