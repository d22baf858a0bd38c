using VisualSentiment.Imaging;
using VisualSentiment.Imaging.Augmentation;
using VisualSentiment.Pixels;

namespace VisualSentiment.Training;

/// <summary>The pixels of views of a training set's pictures. Thread-safe.</summary>
/// <param name="pixels">The pictures as they are.</param>
/// <param name="augmentation">How they are varied; null for not at all.</param>
/// <param name="seed">The seed of the run.</param>
internal sealed class TrainingViews(PixelStore pixels, ImageAugmentation? augmentation, int seed)
{
    /// <summary>How many views a picture has.</summary>
    public int Count => augmentation?.Views ?? 1;

    /// <summary>Whether views differ from the pictures.</summary>
    public bool Vary => augmentation is not null;

    /// <summary>The pictures as they are.</summary>
    public PixelStore Pixels => pixels;

    /// <summary>The pixels of a view: those of the store where nothing is varied, rendered into the buffer otherwise.</summary>
    /// <param name="view">Which view.</param>
    /// <param name="buffer">Room for one picture.</param>
    public ReadOnlySpan<byte> Look(PictureView view, Span<byte> buffer)
    {
        ReadOnlySpan<byte> picture = pixels[view.Picture];
        if (augmentation is null)
            return picture;
        ViewRenderer.Render(picture, ViewGeometry.Draw(augmentation, seed, Content(picture), view.View), buffer);
        return buffer;
    }

    // A hash of everything would take as long as rendering. Rows at a distance tell photographs apart, and where they do
    // not, two pictures have the same crops, which does no harm.
    private static UInt128 Content(ReadOnlySpan<byte> picture)
    {
        const int Step = PixelFormat.ByteCount / 16;
        var hash = new UInt128(0, 14695981039346656037UL);
        for (int from = 0; from < picture.Length; from += Step)
            foreach (byte value in picture.Slice(from, 96))
                hash = (hash ^ value) * 1099511628211UL;
        return hash;
    }
}

/// <summary>A view of an image of a training set. Without augmentation, 0 is the only view.</summary>
internal readonly record struct PictureView(int Picture, int View);
