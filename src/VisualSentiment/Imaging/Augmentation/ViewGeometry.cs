namespace VisualSentiment.Imaging.Augmentation;

/// <summary>The parameters of one view of an image: its crop, mirroring and colors.</summary>
internal readonly record struct ViewGeometry(
    int Left, int Top, int Width, int Height, bool Mirrored, double Brightness, double Contrast, double Saturation)
{
    private const double MinAspectRatio = 3.0 / 4, MaxAspectRatio = 4.0 / 3;

    /// <summary>Draws a view. The same arguments give the same view on every platform.</summary>
    /// <param name="augmentation">The augmentation.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="content">The hash of the image's content.</param>
    /// <param name="view">The index of the view.</param>
    public static ViewGeometry Draw(ImageAugmentation augmentation, int seed, UInt128 content, int view)
    {
        var random = new Random(Mix(seed, (ulong)content, view));
        const int Size = PixelFormat.Width;
        double area = augmentation.MinCropArea + (1 - augmentation.MinCropArea) * random.NextDouble();
        double aspectRatio = MinAspectRatio + (MaxAspectRatio - MinAspectRatio) * random.NextDouble();
        int width = Math.Clamp((int)Math.Round(Size * Math.Sqrt(area * aspectRatio)), 1, Size);
        int height = Math.Clamp((int)Math.Round(Size * Math.Sqrt(area / aspectRatio)), 1, Size);
        // Without crops, the whole image keeps its shape.
        if (augmentation.MinCropArea == 1)
            (width, height) = (Size, Size);
        int left = random.Next(Size - width + 1), top = random.Next(Size - height + 1);
        bool mirrored = random.NextDouble() < augmentation.FlipProbability;
        double Factor() => 1 + augmentation.ColorJitter * (2 * random.NextDouble() - 1);
        return new ViewGeometry(left, top, width, height, mirrored, Factor(), Factor(), Factor());
    }

    // The finalizer of SplitMix64, so that neighboring seeds and views are independent.
    private static int Mix(int seed, ulong content, int view)
    {
        ulong z = content + 0x9E3779B97F4A7C15UL * (((ulong)(uint)seed << 32) | (uint)(view + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & 0x7FFFFFFF);
    }
}
