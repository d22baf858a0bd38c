using System.Buffers;

namespace VisualSentiment.Imaging;

/// <summary>
/// The weights of an anti-aliased triangle filter along one axis, in fixed point: what each output pixel takes from the
/// input pixels under its triangle. The rule is that of Pillow's <c>Image.resize(BILINEAR)</c>: pixel centres lie at +0.5,
/// the triangle is as wide as the scale (never narrower than upscaling needs), and the weights add up to one.
/// </summary>
internal sealed class ResampleWeights : IDisposable
{
    /// <summary>Fractional bits: 255 times a sum of weights still fits an <see cref="int"/>.</summary>
    public const int FractionBits = 22;

    private readonly int[] _weights;
    private readonly int[] _bounds;

    public ResampleWeights(int inputSize, int outputSize)
    {
        double scale = (double)inputSize / outputSize;
        double support = Math.Max(1, scale);
        MaxCount = (int)Math.Ceiling(support) * 2 + 1;
        _weights = ArrayPool<int>.Shared.Rent(checked(outputSize * MaxCount));
        _bounds = ArrayPool<int>.Shared.Rent(outputSize * 2);

        double[] exact = ArrayPool<double>.Shared.Rent(MaxCount);
        for (int output = 0; output < outputSize; output++)
        {
            double center = (output + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5));
            int count = Math.Min(inputSize, (int)(center + support + 0.5)) - first;
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                exact[i] = Math.Max(0, 1 - Math.Abs((first + i - center + 0.5) / support));
                sum += exact[i];
            }
            for (int i = 0; i < count; i++)
                _weights[output * MaxCount + i] = (int)(0.5 + exact[i] / sum * (1 << FractionBits));
            _bounds[output * 2] = first;
            _bounds[output * 2 + 1] = count;
        }
        ArrayPool<double>.Shared.Return(exact);
    }

    /// <summary>The most input pixels that any output pixel takes.</summary>
    public int MaxCount { get; }

    /// <summary>The first input pixel that an output pixel takes.</summary>
    public int First(int output) => _bounds[output * 2];

    /// <summary>The weights of that input pixel and the following ones.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights.AsSpan(output * MaxCount, _bounds[output * 2 + 1]);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_weights);
        ArrayPool<int>.Shared.Return(_bounds);
    }
}
