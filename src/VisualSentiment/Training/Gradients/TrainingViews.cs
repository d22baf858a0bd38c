using VisualSentiment.Imaging;
using VisualSentiment.Imaging.Augmentation;
using VisualSentiment.Pixels;

namespace VisualSentiment.Training.Gradients;

/// <summary>The pixels of views of a training set's images. Thread-safe.</summary>
/// <param name="pixels">The images as they are.</param>
/// <param name="augmentation">How they are varied; null for not at all.</param>
/// <param name="seed">The seed of the run.</param>
internal sealed class TrainingViews(PixelStore pixels, ImageAugmentation? augmentation, int seed)
{
    /// <summary>How many views an image has.</summary>
    public int Count => augmentation?.Views ?? 1;

    /// <summary>Whether views differ from the images.</summary>
    public bool Vary => augmentation is not null;

    /// <summary>The images as they are.</summary>
    public PixelStore Pixels => pixels;

    /// <summary>The pixels of a view: those of the store where nothing is varied, rendered into the buffer otherwise.</summary>
    /// <param name="view">Which view.</param>
    /// <param name="buffer">Room for one image.</param>
    public ReadOnlySpan<byte> Look(ImageView view, Span<byte> buffer)
    {
        ReadOnlySpan<byte> image = pixels[view.Image];
        if (augmentation is null)
            return image;
        ViewRenderer.Render(image, ViewGeometry.Draw(augmentation, seed, Content(image), view.View), buffer);
        return buffer;
    }

    // A hash of everything would take as long as rendering. Rows at a distance tell photographs apart, and where they do
    // not, two images have the same crops, which does no harm.
    private static UInt128 Content(ReadOnlySpan<byte> image)
    {
        const int Step = PixelFormat.ByteCount / 16;
        var hash = new UInt128(0, 14695981039346656037UL);
        for (int from = 0; from < image.Length; from += Step)
            foreach (byte value in image.Slice(from, 96))
                hash = (hash ^ value) * 1099511628211UL;
        return hash;
    }
}

/// <summary>A view of an image of a training set. Without augmentation, 0 is the only view.</summary>
internal readonly record struct ImageView(int Image, int View);
