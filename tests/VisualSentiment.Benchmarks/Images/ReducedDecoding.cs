using System.Globalization;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Images;

/// <summary>The difference between the pixels that the library decodes at reduced size and those of full decoding.</summary>
internal static class ReducedDecoding
{
    /// <summary>A sentence with the mean difference over the photographs of a folder.</summary>
    public static string Describe(string folder, CancellationToken cancellation)
    {
        string[] files = ImageList.Find(folder);
        double[] differences = new double[files.Length];
        Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var preprocessor = new PixelPreprocessor(ImageFit.Fill);
            byte[] jpeg = File.ReadAllBytes(files[i]), read = new byte[PixelFormat.ByteCount], full = new byte[PixelFormat.ByteCount];
            preprocessor.Read(jpeg, read, files[i]);
            using var whole = DecodedImage.Decode(jpeg, files[i], neededSide: 0);
            preprocessor.Read(whole.View, full);
            differences[i] = read.Zip(full, (a, b) => (double)Math.Abs(a - b)).Average();
        });
        return string.Create(CultureInfo.InvariantCulture,
            $"Reduced decoding changes the pixels of a photograph by {differences.Average():0.00} of 255 on average.");
    }
}
