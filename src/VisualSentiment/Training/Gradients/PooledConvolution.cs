using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// The first two layers of a network, a convolution of the pixels and max pooling, with a custom backward pass. Max
/// pooling passes one value per window, so most of the convolution's output gradient is zero, and libtorch multiplies
/// with all of it. Here the gradient of each pooled value is multiplied with its own image patch only. The bias is
/// added after pooling, which gives the same values on fewer elements.
/// </summary>
internal sealed unsafe class PooledConvolution
{
    private const int Channels = PixelFormat.Channels;

    private readonly Conv2d _convolution;
    private readonly long[] _window;
    private readonly nn.Module<Tensor, Tensor>[] _rest;
    private readonly int _outputs, _kernelRows, _rowLength, _paddedRow, _height, _width, _strideY, _strideX;

    private PooledConvolution(Conv2d convolution, long[] window, nn.Module<Tensor, Tensor>[] rest)
    {
        (_convolution, _window, _rest) = (convolution, window, rest);
        (long[] kernel, long[] stride) = (Pair(convolution.kernel_size), Pair(convolution.stride));
        _outputs = (int)convolution.weight.shape[0];
        _kernelRows = (int)kernel[0];
        _rowLength = (int)kernel[1] * Channels;
        _paddedRow = (_rowLength + Vector128<float>.Count - 1) / Vector128<float>.Count * Vector128<float>.Count;
        (_strideY, _strideX) = ((int)stride[0], (int)stride[1]);
        _height = (int)OutputSize(PixelFormat.Height, kernel[0], stride[0]);
        _width = (int)OutputSize(PixelFormat.Width, kernel[1], stride[1]);
    }

    /// <summary>Returns null if the first layers of the network are others or have unsupported settings.</summary>
    public static PooledConvolution? TryMatch(nn.Module<Tensor, Tensor> network)
    {
        if (network.GetType() != typeof(Sequential)
            || network.children().ToArray() is not [Conv2d convolution, MaxPool2d pooling, .. var others])
            return null;
        // Hooks run only in the forward passes of the modules.
        if (ForwardHooks.Exist(network) || ForwardHooks.Exist(convolution) || ForwardHooks.Exist(pooling))
            return null;
        long[] window = Pair(pooling.kernel_size);
        bool supported = convolution.GetType() == typeof(Conv2d) && pooling.GetType() == typeof(MaxPool2d)
            && others.All(module => module is nn.Module<Tensor, Tensor>)
            && convolution.weight is { requires_grad: true, dtype: ScalarType.Float32 }
            && convolution is { bias.requires_grad: true, groups: 1, padding_type: not Padding.Same }
            && convolution.weight.shape[1] == Channels
            && AreAll(convolution.padding, 0) && AreAll(convolution.dilation, 1)
            && !pooling.ceil_mode && AreAll(pooling.padding, 0) && AreAll(pooling.dilation, 1)
            && (pooling.stride is null || Pair(pooling.stride).SequenceEqual(window));
        // The gradients are returned in the order of the parameters.
        if (!supported || network.parameters().Take(2).ToArray() is not [var first, var second]
            || !ReferenceEquals(first, convolution.weight) || !ReferenceEquals(second, convolution.bias))
            return null;
        var match = new PooledConvolution(convolution, window, [.. others.Cast<nn.Module<Tensor, Tensor>>()]);
        return match._height >= window[0] && match._width >= window[1] ? match : null;
    }

    /// <summary>
    /// Computes the first two layers of images [N, 3, 224, 224], channels-last: the pooled values, which require a
    /// gradient, and the index of each in its plane of the convolution's output.
    /// </summary>
    public (Tensor Pooled, Tensor Indices) Forward(Tensor pixels)
    {
        using var noGradient = no_grad();
        using Tensor all = nn.functional.conv2d(pixels, _convolution.weight, null, _convolution.stride);
        var (pooled, indices) = nn.functional.max_pool2d_with_indices(all, _window, _window);
        using Tensor bias = _convolution.bias!.reshape(1, -1, 1, 1);
        return (pooled.add_(bias).requires_grad_(true), indices);
    }

    /// <summary>Computes the other layers from the pooled values.</summary>
    public Tensor ForwardRest(Tensor pooled) => _rest.Aggregate(pooled, (value, module) => module.call(value));

    /// <summary>Computes the gradients of weight and bias from the gradient of the pooled values.</summary>
    public (Tensor Weight, Tensor Bias) Backward(Tensor pixels, Tensor indices, Tensor gradient)
    {
        Tensor imagesLast = ChannelsLast(pixels), indicesLast = ChannelsLast(indices);
        Tensor gradientLast = ChannelsLast(gradient);
        int images = (int)pixels.shape[0], positions = (int)(gradient.numel() / _outputs / images);
        float[] sums = ArrayPool<float>.Shared.Rent(_outputs * _kernelRows * _paddedRow);
        sums.AsSpan().Clear();
        // Patch rows are read in whole vectors, up to three elements past the end.
        float[] padded = ArrayPool<float>.Shared.Rent(PixelFormat.ByteCount + _paddedRow - _rowLength);
        Span<float> values = MemoryMarshal.Cast<byte, float>(imagesLast.bytes);
        fixed (byte* indexBytes = indicesLast.bytes, gradientBytes = gradientLast.bytes)
        fixed (float* sum = sums, copy = padded)
            for (int image = 0; image < images; image++)
            {
                values.Slice(image * PixelFormat.ByteCount, PixelFormat.ByteCount).CopyTo(padded);
                long start = (long)image * positions * _outputs;
                Accumulate(copy, (long*)indexBytes + start, (float*)gradientBytes + start, positions, sum);
            }
        ArrayPool<float>.Shared.Return(padded);

        Tensor weight = empty(_outputs, _kernelRows, _rowLength / Channels, Channels);
        values = MemoryMarshal.Cast<byte, float>(weight.bytes);
        for (int row = 0; row < _outputs * _kernelRows; row++)
            sums.AsSpan(row * _paddedRow, _rowLength).CopyTo(values[(row * _rowLength)..]);
        ArrayPool<float>.Shared.Return(sums);
        return (weight.permute(0, 3, 1, 2), gradientLast.sum([0, 1, 2]));
    }

    private void Accumulate(float* image, long* indices, float* gradient, int positions, float* sums)
    {
        const int ImageRow = PixelFormat.Width * Channels;
        // Division by multiplication with the reciprocal; exact because dividend times divisor fits into 32 bits.
        ulong reciprocal = (1UL << 32) / (uint)_width + 1;
        int whole = _paddedRow / Vector256<float>.Count * Vector256<float>.Count, size = _kernelRows * _paddedRow;
        for (int position = 0; position < positions; position++, indices += _outputs, gradient += _outputs)
        {
            float* sum = sums;
            for (int output = 0; output < _outputs; output++, sum += size)
            {
                float value = gradient[output];
                // Zero behind an inactive ReLU.
                if (value == 0)
                    continue;
                uint index = (uint)indices[output], y = (uint)(index * reciprocal >> 32), x = index - y * (uint)_width;
                float* patch = image + y * (uint)(_strideY * ImageRow) + x * (uint)(_strideX * Channels);
                Vector256<float> factor = Vector256.Create(value);
                float* row = sum;
                for (int i = 0; i < _kernelRows; i++, patch += ImageRow, row += _paddedRow)
                {
                    for (int j = 0; j < whole; j += Vector256<float>.Count)
                        Vector256.MultiplyAddEstimate(factor, Vector256.Load(patch + j), Vector256.Load(row + j))
                            .Store(row + j);
                    if (whole < _paddedRow)
                        Vector128.MultiplyAddEstimate(factor.GetLower(), Vector128.Load(patch + whole),
                            Vector128.Load(row + whole)).Store(row + whole);
                }
            }
        }
    }

    private static long OutputSize(long size, long kernel, long stride) =>
        size < kernel ? 0 : (size - kernel) / stride + 1;

    private static Tensor ChannelsLast(Tensor value) => value.permute(0, 2, 3, 1).contiguous();

    private static long[] Pair(long[] sizes) => sizes.Length == 1 ? [sizes[0], sizes[0]] : sizes;

    private static bool AreAll(long[]? sizes, long value) => sizes is null || sizes.All(size => size == value);
}
