using Distill;
using Microsoft.ML;
using SkiaSharp;

namespace VisualSentiment.Benchmarks.Images;

/// <summary>The photographs of all benchmarks: JPEGs of 640 x 480, quality 90, with one folder per class.</summary>
internal static class PhotographFolder
{
    public const int Width = 640;
    public const int Height = 480;
    private const int Quality = 90;
    private const int PaintedImagesPerMood = 100;

    /// <summary>Encodes labeled images again, cropped to 4:3 around their center, with the same maximum number per class.</summary>
    /// <param name="data">The folder of labeled images; null for painted ones.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="maxCount">The maximum number of photographs.</param>
    public static void Create(string? data, string folder, int maxCount, CancellationToken cancellation)
    {
        if (data is null)
        {
            data = Path.Combine(folder, "..", "painted");
            MoodPainter.Paint(data, PaintedImagesPerMood, seed: 1);
        }
        var ml = new MLContext(seed: 1);
        var classes = ml.Data.CreateEnumerable<ImageRow>(ml.Data.LoadImageFolder(data), reuseRowObject: false)
            .GroupBy(image => image.Label).ToArray();
        var chosen = classes.SelectMany(images => images.Take(maxCount / classes.Length)
            .Select((image, i) => (image.ImagePath, Target: Path.Combine(folder, image.Label, $"{i:D4}.jpg"))));
        foreach (var images in classes)
            Directory.CreateDirectory(Path.Combine(folder, images.Key));
        Parallel.ForEach(chosen, new ParallelOptions { CancellationToken = cancellation }, image => Encode(image.ImagePath, image.Target));
    }

    private static void Encode(string source, string target)
    {
        using SKBitmap image = SKBitmap.Decode(source) ?? throw new InvalidDataException($"'{source}' cannot be decoded.");
        using var photograph = new SKBitmap(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(photograph))
        using (var paint = new SKPaint { FilterQuality = SKFilterQuality.High })
        {
            float scale = Math.Max((float)Width / image.Width, (float)Height / image.Height);
            var (width, height) = (image.Width * scale, image.Height * scale);
            canvas.Clear(SKColors.White);
            canvas.DrawBitmap(image, SKRect.Create((Width - width) / 2, (Height - height) / 2, width, height), paint);
        }
        using SKData jpeg = photograph.Encode(SKEncodedImageFormat.Jpeg, Quality);
        using FileStream file = File.Create(target);
        jpeg.SaveTo(file);
    }
}
