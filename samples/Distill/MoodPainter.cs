using Distill.Moods;
using SkiaSharp;

namespace Distill;

/// <summary>
/// Paints abstract images in eight moods, so that the sample runs without a data set. A mood has colors and a motif. To make the task
/// harder, some images have the colors or the motif of another mood, or both motifs, and all have grain, blur and shade.
/// </summary>
public static class MoodPainter
{
    /// <summary>The file with the name of the image set; written last, so that an interrupted set is painted again.</summary>
    private const string Marker = ".moods";

    /// <summary>The eight moods, in alphabetical order.</summary>
    public static IReadOnlyList<string> Moods { get; } = [.. Mood.All.Select(m => m.Name)];

    /// <summary>
    /// Paints <c>folder/mood/0001.jpg</c> and so on, with sides of 224 to 320 pixels: the same images for the same seed. Does
    /// nothing if the folder already contains them.
    /// </summary>
    /// <exception cref="IOException">The folder contains other files.</exception>
    public static void Paint(string folder, int imagesPerMood, int seed)
    {
        string marker = Path.Combine(folder, Marker), set = $"{imagesPerMood} images per mood, seed {seed}";
        if (File.Exists(marker) && File.ReadAllText(marker) == set)
            return;
        if (!File.Exists(marker) && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new IOException($"'{folder}' contains files that this sample did not paint. Choose a new or an empty folder.");

        Directory.CreateDirectory(folder);
        File.WriteAllText(marker, "unfinished");
        foreach (string path in Moods.Select(m => Path.Combine(folder, m)))
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.CreateDirectory(path);
        }
        Parallel.For(0, Mood.All.Count * imagesPerMood, i =>
        {
            Mood mood = Mood.All[i / imagesPerMood];
            using SKBitmap image = Paint(mood, new Random(unchecked(seed * 1_000_003 + i)));
            using SKData jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 90);
            using FileStream file = File.Create(Path.Combine(folder, mood.Name, $"{i % imagesPerMood + 1:D4}.jpg"));
            jpeg.SaveTo(file);
        });
        File.WriteAllText(marker, set);
    }

    /// <summary>Paints an image whose left half has one mood and whose right half another, each clearly; the same for the same seed.</summary>
    /// <exception cref="ArgumentException">The mood is unknown.</exception>
    public static void PaintTwo(string path, string left, string right, int seed)
    {
        const int Side = 480;
        using var image = new SKBitmap(2 * Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(image))
            foreach (var (i, name) in ((string[])[left, right]).Index())
            {
                Mood mood = Mood.All.FirstOrDefault(m => m.Name == name) ?? throw new ArgumentException($"'{name}' is not a mood. The moods are {string.Join(", ", Moods)}.");
                using var half = new SKBitmap(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
                Paint(half, mood, mood, mood, new Random(unchecked(seed * 1_000_003 + i)));
                canvas.DrawBitmap(half, i * Side, 0);
            }
        using SKData jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 90);
        using FileStream file = File.Create(path);
        jpeg.SaveTo(file);
    }

    private static SKBitmap Paint(Mood mood, Random random)
    {
        var image = new SKBitmap(random.Next(224, 321), random.Next(224, 321), SKColorType.Rgba8888, SKAlphaType.Opaque);
        // An image keeps the colors or the motif of its mood.
        Mood other = Mood.All[random.Next(Mood.All.Count)];
        float chance = random.NextSingle();
        Paint(image, chance < 0.28f ? other : mood, chance > 0.92f ? other : mood, other, random);
        return image;
    }

    private static void Paint(SKBitmap image, Mood colors, Mood shapes, Mood other, Random random)
    {
        using var canvas = new SKCanvas(image);
        canvas.Scale(Math.Max(image.Width, image.Height));
        Lay(canvas, random, colors.Ground);
        using (var layer = new SKPaint { ImageFilter = Blur(random) })
        using (var easel = new Easel(canvas, random, colors.Ink))
        {
            canvas.SaveLayer(layer);
            canvas.RotateDegrees(30 * (random.NextSingle() - 0.5f), 0.5f, 0.5f);
            if (random.NextSingle() < 0.3f)
                other.Motif(easel);
            shapes.Motif(easel);
            canvas.Restore();
        }
        Shade(canvas, random);
        Grain(image, random);
    }

    private static void Lay(SKCanvas canvas, Random random, Swatch ground)
    {
        using var shader = SKShader.CreateLinearGradient(
            new(random.NextSingle(), 0), new(random.NextSingle(), 1), [ground.Pick(random), ground.Pick(random)],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawPaint(paint);
    }

    private static SKImageFilter? Blur(Random random)
    {
        float sigma = 0.015f * random.NextSingle();
        return random.NextSingle() < 0.4f ? SKImageFilter.CreateBlur(sigma, sigma) : null;
    }

    private static void Shade(SKCanvas canvas, Random random)
    {
        using var shader = SKShader.CreateRadialGradient(
            new(0.5f, 0.5f), 0.8f, [SKColors.Transparent, SKColors.Black.WithAlpha((byte)random.Next(160))],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawPaint(paint);
    }

    private static void Grain(SKBitmap image, Random random)
    {
        int strength = random.Next(4, 40);
        using SKPixmap map = image.PeekPixels();
        Span<byte> pixels = map.GetPixelSpan<byte>(), noise = new byte[pixels.Length];
        random.NextBytes(noise);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(pixels[i] + (noise[i] - 128) * strength / 128, 0, 255);
    }
}
