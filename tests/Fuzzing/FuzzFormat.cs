using VisualSentiment.Imaging;

namespace VisualSentiment.Fuzzing;

/// <summary>A kind of file that the library reads.</summary>
/// <param name="Name">Its name on the command line, which is also the extension of its files.</param>
/// <param name="CreateSeeds">Makes small valid files, the same ones every time.</param>
/// <param name="MutateStructure">
/// Changes a file where its format says that something stands, so that checks of the outer layers pass.
/// </param>
/// <param name="Read">Gives a file to the library.</param>
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

    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static FuzzFormat Find(string name) => All.FirstOrDefault(format => format.Name == name)
        ?? throw new ArgumentException(
            $"There is no format {name}; there are {string.Join(", ", All.Select(format => format.Name))}.");
}
