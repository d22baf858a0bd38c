using System.Globalization;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Images;

/// <summary>How far what is read of photographs lies from what full decoding would give.</summary>
internal static class ReducedDecoding
{
    /// <summary>One sentence about the photographs of a folder.</summary>
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
            $"From full decoding, the pixels of {files.Length:N0} photographs differ by {differences.Average():0.00} of 255 on average, and by {differences.Max():0.00} at most.");
    }
}
