using VisualSentiment.Imaging;
using VisualSentiment.Networks;

namespace VisualSentiment.Fuzzing;

/// <summary>The library's functions that read files of unknown origin.</summary>
internal static class Targets
{
    private static readonly PixelPreprocessor Preprocessor = new(ImageFit.CenterCrop);

    private static readonly byte[] Pixels = new byte[PixelFormat.ByteCount];

    // Valid for every process; a model is loaded by one thread at a time.
    private static readonly byte[] Image = ImageSeeds.Png()[0];

    private static readonly string WeightsFile =
        Path.Combine(Path.GetTempPath(), $"visualsentiment-fuzz-{Environment.ProcessId}.safetensors");

    public static void DecodeImage(byte[] input) => Preprocessor.Read(input, Pixels, "a mutated image");

    /// <summary>Loads a model and predicts with it.</summary>
    public static void LoadModel(byte[] input)
    {
        using SentimentDetector detector = SentimentDetector.Load(new MemoryStream(input));
        detector.Predict(Image);
    }

    public static void ReadWeights(byte[] input)
    {
        try
        {
            File.WriteAllBytes(WeightsFile, input);
            StudentWeights.Read(WeightsFile);
        }
        finally
        {
            File.Delete(WeightsFile);
        }
    }
}
