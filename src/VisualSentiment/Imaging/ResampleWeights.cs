using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// The fixed-point weights of an anti-aliased triangle filter along one axis: for each output pixel, the weights of the
/// samples under its triangle. The rule is that of Pillow's <c>Image.resize(BILINEAR)</c>: pixel centers lie at +0.5,
/// the triangle is as wide as the scale (never narrower than upscaling needs), and the weights add up to one.
/// </summary>
/// <remarks>
/// If a sample is the average of several pixels, the triangle still covers the pixels, and each pixel is interpolated from
/// the neighboring samples: pixel = sample + offset * (next - previous) / 2, where offset is the distance of its center from
/// that of the sample, in samples. The error is half that of filtering the samples as the pixels of a small image.
/// </remarks>
internal sealed class ResampleWeights : IDisposable
{
    /// <summary>The number of fractional bits: 255 times a sum of weights still fits into an <see cref="int"/>.</summary>
    public const int FractionBits = 22;

    /// <summary>The weights of an output pixel are padded with zeros to a multiple of this number.</summary>
    public const int Group = 2;

    /// <summary>The number of copies of each weight in <see cref="Repeated"/>: one per byte of a pixel.</summary>
    public const int Repeats = 4;

    private const int CacheCapacity = 128;

    /// <summary>Longer weights belong to rare, very large images, and are not cached.</summary>
    private const int MaxCachedLength = 8 * 1024;

    private static readonly ConcurrentDictionary<(PixelAxis Axis, int OutputSize), ResampleWeights> Cache = new();

    private readonly ImageBuffer _weights;
    private readonly ImageBuffer _repeated;
    private readonly int[] _firsts;
    private readonly int[] _counts;

    private ResampleWeights(PixelAxis axis, int outputSize)
    {
        double scale = (double)axis.Count / outputSize;
        double support = Math.Max(1, scale);
        double[] triangle = new double[(int)Math.Ceiling(support) * 2 + 1];
        MaxCount = axis.Reduction == 1 ? triangle.Length : (triangle.Length - 2) / axis.Reduction + 4;
        double[] exact = new double[MaxCount];
        Stride = (MaxCount + Group - 1) / Group * Group;
        int length = checked(outputSize * Stride);
        _weights = new ImageBuffer(checked(sizeof(int) * length));
        var weights = Ints(_weights);
        weights.Clear();
        _firsts = new int[outputSize];
        _counts = new int[outputSize];

        for (int output = 0; output < outputSize; output++)
        {
            double center = (output + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5));
            int count = Math.Min(axis.Count, (int)(center + support + 0.5)) - first;
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                triangle[i] = Math.Max(0, 1 - Math.Abs((first + i - center + 0.5) / support));
                sum += triangle[i];
            }
            (_firsts[output], _counts[output]) = ToSamples(triangle.AsSpan(0, count), axis.Origin + first, axis, exact);
            for (int i = 0; i < _counts[output]; i++)
                weights[output * Stride + i] = (int)Math.Floor(0.5 + exact[i] / sum * (1 << FractionBits));
        }
        _repeated = new ImageBuffer(checked(Repeats * sizeof(int) * length));
        var repeated = Ints(_repeated);
        for (int i = 0; i < length; i++)
            repeated.Slice(Repeats * i, Repeats).Fill(weights[i]);
    }

    /// <summary>The maximum number of samples per output pixel.</summary>
    public int MaxCount { get; }

    /// <summary>The weights from an axis to a number of pixels. Those of frequent sizes are cached.</summary>
    public static ResampleWeights Get(PixelAxis axis, int outputSize)
    {
        if (Cache.TryGetValue((axis, outputSize), out var weights))
            return weights;
        weights = new ResampleWeights(axis, outputSize);
        if (!weights.IsCached)
            return weights;
        if (Cache.Count >= CacheCapacity)
            Cache.Clear();
        Cache.TryAdd((axis, outputSize), weights);
        return weights;
    }

    /// <summary>The first sample of an output pixel.</summary>
    public int First(int output) => _firsts[output];

    /// <summary>The weights of that sample and the following ones.</summary>
    public ReadOnlySpan<int> Of(int output) => Ints(_weights).Slice(output * Stride, _counts[output]);

    /// <summary>The first sample of every output pixel.</summary>
    public ReadOnlySpan<int> Firsts => _firsts;

    /// <summary>The weights of all output pixels, <see cref="Stride"/> each, zero-padded and repeated <see cref="Repeats"/> times.</summary>
    public ReadOnlySpan<int> Repeated => Ints(_repeated);

    /// <summary>The number of weights per output pixel, a multiple of <see cref="Group"/>.</summary>
    public int Stride { get; }

    private bool IsCached => _weights.Length <= sizeof(int) * MaxCachedLength;

    /// <summary>Frees weights that are not cached.</summary>
    public void Dispose()
    {
        if (IsCached)
            return;
        _weights.Dispose();
        _repeated.Dispose();
    }

    private static Span<int> Ints(ImageBuffer buffer) => MemoryMarshal.Cast<byte, int>(buffer.Span);

    /// <summary>Converts weights of pixels to weights of samples.</summary>
    private static (int First, int Count) ToSamples(ReadOnlySpan<double> pixels, int origin, PixelAxis axis, Span<double> samples)
    {
        if (axis.Reduction == 1)
        {
            pixels.CopyTo(samples);
            return (origin, pixels.Length);
        }
        int first = Math.Max(0, origin / axis.Reduction - 1);
        int last = Math.Min(axis.Samples - 1, (origin + pixels.Length - 1) / axis.Reduction + 1);
        samples.Clear();
        for (int i = 0; i < pixels.Length; i++)
        {
            var (sample, position) = Math.DivRem(origin + i, axis.Reduction);
            double slope = ((position + 0.5) / axis.Reduction - 0.5) / 2 * pixels[i];
            samples[sample - first] += pixels[i];
            samples[Math.Min(last, sample + 1) - first] += slope;
            samples[Math.Max(first, sample - 1) - first] -= slope;
        }
        return (first, last - first + 1);
    }
}
