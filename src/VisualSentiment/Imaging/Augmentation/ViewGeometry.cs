using VisualSentiment.Quantization;

namespace VisualSentiment.Imaging.Augmentation;

/// <summary>What one view of one image is: the piece that is shown, whether it is mirrored, and its colors.</summary>
internal readonly record struct ViewGeometry(int Left, int Top, int Width, int Height, bool Mirrored, double Brightness, double Contrast, double Saturation)
{
    private const double Narrowest = 3.0 / 4, Widest = 4.0 / 3;

    /// <summary>Draws a view. The same arguments give the same view on every platform.</summary>
    /// <param name="augmentation">How far views stray.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="content">Decided by what the image shows.</param>
    /// <param name="view">Which of the image's views, from 0.</param>
    public static ViewGeometry Draw(ImageAugmentation augmentation, int seed, UInt128 content, int view)
    {
        var random = new Random(Mix(seed, (ulong)content, view));
        const int Size = PixelFormat.Width;
        double area = augmentation.MinCropArea + (1 - augmentation.MinCropArea) * random.NextDouble();
        double shape = Narrowest + (Widest - Narrowest) * random.NextDouble();
        int width = Math.Clamp((int)Math.Round(Size * Math.Sqrt(area * shape)), 1, Size);
        int height = Math.Clamp((int)Math.Round(Size * Math.Sqrt(area / shape)), 1, Size);
        // Without crops, the whole image keeps its shape.
        if (augmentation.MinCropArea == 1)
            (width, height) = (Size, Size);
        int left = random.Next(Size - width + 1), top = random.Next(Size - height + 1);
        bool mirrored = random.NextDouble() < augmentation.FlipProbability;
        double Stray() => 1 + augmentation.ColorJitter * (2 * random.NextDouble() - 1);
        return new ViewGeometry(left, top, width, height, mirrored, Stray(), Stray(), Stray());
    }

    // The finaliser of SplitMix64, so that neighboring seeds and views have nothing in common.
    private static int Mix(int seed, ulong content, int view)
    {
        ulong z = content + 0x9E3779B97F4A7C15UL * (((ulong)(uint)seed << 32) | (uint)(view + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & 0x7FFFFFFF);
    }
}
