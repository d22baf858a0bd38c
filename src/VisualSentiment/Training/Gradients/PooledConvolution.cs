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
/// The begin of a network, a convolution of the pixels and maximum pooling, with a backward pass of its own. Of all outputs under a window, pooling
/// lets one through, so that of the gradient that libtorch would clear, fill in and multiply with, most is zeros. Here each gradient of a pooled value is
/// multiplied with the patch of the image that the value comes from, and nothing else. The bias is added behind pooling: the same
/// value, on fewer elements.
/// </summary>
internal sealed unsafe class PooledConvolution
{
    private const int Channels = PixelFormat.Channels;

    private readonly Conv2d _convolution;
    private readonly long[] _window;
    private readonly nn.Module<Tensor, Tensor>[] _rest;
    private readonly int _outputs, _kernelRows, _rowLength, _paddedRow, _height, _width, _strideDown, _strideAlong;

    private PooledConvolution(Conv2d convolution, long[] window, nn.Module<Tensor, Tensor>[] rest)
    {
        (_convolution, _window, _rest) = (convolution, window, rest);
        (long[] kernel, long[] stride) = (Pair(convolution.kernel_size), Pair(convolution.stride));
        _outputs = (int)convolution.weight.shape[0];
        _kernelRows = (int)kernel[0];
        _rowLength = (int)kernel[1] * Channels;
        _paddedRow = (_rowLength + Vector128<float>.Count - 1) / Vector128<float>.Count * Vector128<float>.Count;
        (_strideDown, _strideAlong) = ((int)stride[0], (int)stride[1]);
        _height = (int)Steps(PixelFormat.Height, kernel[0], stride[0]);
        _width = (int)Steps(PixelFormat.Width, kernel[1], stride[1]);
    }

    /// <summary>Null where the network begins otherwise, or in a way that this does not know.</summary>
    /// <param name="network">From [N, 3, 224, 224].</param>
    public static PooledConvolution? TryMatch(nn.Module<Tensor, Tensor> network)
    {
        if (network.GetType() != typeof(Sequential) || network.children().ToArray() is not [Conv2d convolution, MaxPool2d pooling, .. var others])
            return null;
        // Hooks run in the modules' own forward passes alone.
        if (ForwardHooks.Exist(network) || ForwardHooks.Exist(convolution) || ForwardHooks.Exist(pooling))
            return null;
        long[] window = Pair(pooling.kernel_size);
        bool known = convolution.GetType() == typeof(Conv2d) && pooling.GetType() == typeof(MaxPool2d) && others.All(module => module is nn.Module<Tensor, Tensor>)
            && convolution is { bias: { requires_grad: true }, weight: { requires_grad: true, dtype: ScalarType.Float32 }, groups: 1, padding_type: not Padding.Same }
            && convolution.weight.shape[1] == Channels && AreAll(convolution.padding, 0) && AreAll(convolution.dilation, 1)
            && !pooling.ceil_mode && AreAll(pooling.padding, 0) && AreAll(pooling.dilation, 1) && (pooling.stride is null || Pair(pooling.stride).SequenceEqual(window));
        // The order in which gradients are given back.
        if (!known || network.parameters().Take(2).ToArray() is not [var first, var second]
            || !ReferenceEquals(first, convolution.weight) || !ReferenceEquals(second, convolution.bias))
            return null;
        var found = new PooledConvolution(convolution, window, [.. others.Cast<nn.Module<Tensor, Tensor>>()]);
        return found._height >= window[0] && found._width >= window[1] ? found : null;
    }

    /// <summary>What the first two layers make of images.</summary>
    /// <param name="pixels">[N, 3, 224, 224], channels-last.</param>
    /// <returns>The pooled values, of which a gradient can be taken, and the index of each in its plane of the convolution's output.</returns>
    public (Tensor Pooled, Tensor Indices) Forward(Tensor pixels)
    {
        using var noGradient = no_grad();
        using Tensor all = nn.functional.conv2d(pixels, _convolution.weight, null, _convolution.stride);
        var (pooled, indices) = nn.functional.max_pool2d_with_indices(all, _window, _window);
        using Tensor bias = _convolution.bias!.reshape(1, -1, 1, 1);
        return (pooled.add_(bias).requires_grad_(true), indices);
    }

    /// <summary>What the other layers make of the pooled values.</summary>
    public Tensor ForwardRest(Tensor pooled) => _rest.Aggregate(pooled, (value, module) => module.call(value));

    /// <summary>The gradients of weight and bias.</summary>
    /// <param name="pixels">What <see cref="Forward"/> was given.</param>
    /// <param name="indices">What it returned.</param>
    /// <param name="gradient">Of the pooled values.</param>
    public (Tensor Weight, Tensor Bias) Backward(Tensor pixels, Tensor indices, Tensor gradient)
    {
        Tensor imagesLast = ChannelsLast(pixels), indicesLast = ChannelsLast(indices), gradientLast = ChannelsLast(gradient);
        int images = (int)pixels.shape[0], positions = (int)(gradient.numel() / _outputs / images);
        float[] sums = ArrayPool<float>.Shared.Rent(_outputs * _kernelRows * _paddedRow);
        sums.AsSpan().Clear();
        // Rows of patches are read with up to three numbers too many.
        float[] room = ArrayPool<float>.Shared.Rent(PixelFormat.ByteCount + _paddedRow - _rowLength);
        Span<float> values = MemoryMarshal.Cast<byte, float>(imagesLast.bytes);
        fixed (byte* indexBytes = indicesLast.bytes, gradientBytes = gradientLast.bytes)
        fixed (float* sum = sums, copy = room)
            for (int image = 0; image < images; image++)
            {
                values.Slice(image * PixelFormat.ByteCount, PixelFormat.ByteCount).CopyTo(room);
                AddUp(copy, (long*)indexBytes + (long)image * positions * _outputs, (float*)gradientBytes + (long)image * positions * _outputs, positions, sum);
            }
        ArrayPool<float>.Shared.Return(room);

        Tensor weight = empty(_outputs, _kernelRows, _rowLength / Channels, Channels);
        values = MemoryMarshal.Cast<byte, float>(weight.bytes);
        for (int row = 0; row < _outputs * _kernelRows; row++)
            sums.AsSpan(row * _paddedRow, _rowLength).CopyTo(values[(row * _rowLength)..]);
        ArrayPool<float>.Shared.Return(sums);
        return (weight.permute(0, 3, 1, 2), gradientLast.sum([0, 1, 2]));
    }

    private void AddUp(float* image, long* indices, float* gradient, int positions, float* sums)
    {
        const int ImageRow = PixelFormat.Width * Channels;
        // Division by a number that stays the same: right up to 32 bits of dividend times divisor, which no image of this size reaches.
        ulong reciprocal = (1UL << 32) / (uint)_width + 1;
        int whole = _paddedRow / Vector256<float>.Count * Vector256<float>.Count, size = _kernelRows * _paddedRow;
        for (int position = 0; position < positions; position++, indices += _outputs, gradient += _outputs)
        {
            float* sum = sums;
            for (int output = 0; output < _outputs; output++, sum += size)
            {
                float value = gradient[output];
                // What ReLU stopped.
                if (value == 0)
                    continue;
                uint index = (uint)indices[output], y = (uint)(index * reciprocal >> 32), x = index - y * (uint)_width;
                float* patch = image + y * (uint)(_strideDown * ImageRow) + x * (uint)(_strideAlong * Channels);
                Vector256<float> factor = Vector256.Create(value);
                float* row = sum;
                for (int i = 0; i < _kernelRows; i++, patch += ImageRow, row += _paddedRow)
                {
                    for (int j = 0; j < whole; j += Vector256<float>.Count)
                        Vector256.MultiplyAddEstimate(factor, Vector256.Load(patch + j), Vector256.Load(row + j)).Store(row + j);
                    if (whole < _paddedRow)
                        Vector128.MultiplyAddEstimate(factor.GetLower(), Vector128.Load(patch + whole), Vector128.Load(row + whole)).Store(row + whole);
                }
            }
        }
    }

    private static long Steps(long size, long kernel, long stride) => size < kernel ? 0 : (size - kernel) / stride + 1;

    private static Tensor ChannelsLast(Tensor value) => value.permute(0, 2, 3, 1).contiguous();

    private static long[] Pair(long[] sizes) => sizes.Length == 1 ? [sizes[0], sizes[0]] : sizes;

    private static bool AreAll(long[]? sizes, long value) => sizes is null || sizes.All(size => size == value);
}
