using VisualSentiment.Imaging;
using VisualSentiment.Imaging.Augmentation;
using VisualSentiment.Pixels;

namespace VisualSentiment.Training.Gradients;

/// <summary>The views of a training set's images, which are the originals without augmentation. Thread-safe.</summary>
internal sealed class TrainingViews(PixelStore pixels, ImageAugmentation? augmentation, int seed)
{
    /// <summary>The number of views per image.</summary>
    public int Count => augmentation?.Views ?? 1;

    public bool AreAugmented => augmentation is not null;

    public PixelStore Pixels => pixels;

    /// <summary>
    /// Gets the pixels of a view: without augmentation those of the store, otherwise rendered into the buffer.
    /// </summary>
    public ReadOnlySpan<byte> Read(ImageView view, Span<byte> buffer)
    {
        ReadOnlySpan<byte> image = pixels[view.Image];
        if (augmentation is null)
            return image;
        ViewRenderer.Render(image, ViewGeometry.Draw(augmentation, seed, Hash(image), view.View), buffer);
        return buffer;
    }

    // A hash of all pixels would take as long as rendering. A collision only gives two images the same crops.
    private static UInt128 Hash(ReadOnlySpan<byte> image)
    {
        const int Step = PixelFormat.ByteCount / 16;
        var hash = new UInt128(0, 14695981039346656037UL);
        for (int from = 0; from < image.Length; from += Step)
            foreach (byte value in image.Slice(from, 96))
                hash = (hash ^ value) * 1099511628211UL;
        return hash;
    }
}

/// <summary>A view of an image by its index. Without augmentation, the only view is 0.</summary>
internal readonly record struct ImageView(int Image, int View);
