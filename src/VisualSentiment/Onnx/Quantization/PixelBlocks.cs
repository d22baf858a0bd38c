using VisualSentiment.Imaging;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// Pixels side by side, taken as one pixel of many channels. ONNX Runtime's integer convolution is slow on three channels and
/// fast on multiples of four, and rows of a picture in RGB are rows of blocks of RGB: no byte moves. A kernel over blocks
/// makes all outputs of a block's width at once; that most of its weights are zero costs less than it saves.
/// </summary>
/// <param name="Width">Pixels in a block.</param>
/// <param name="Outputs">Outputs of the convolution for each block.</param>
/// <param name="KernelBlocks">Blocks under the kernel.</param>
/// <param name="InputWidth">Pixels in a row, padding included: whole blocks.</param>
internal sealed record PixelBlocks(int Width, int Outputs, int KernelBlocks, int InputWidth)
{
    private const int ChannelMultiple = 4;

    /// <summary>Beyond this many multiplications for each one that is needed, blocks do not pay.</summary>
    private const int MostWaste = 3;

    public int Channels => Width * PixelFormat.Channels;

    /// <summary>Outputs in a row; those beyond the ones that are wanted come from pixels that are not there.</summary>
    public int OutputWidth => Outputs * (InputWidth / Width - KernelBlocks + 1);

    /// <summary>Null where blocks do not pay.</summary>
    /// <param name="width">Pixels in a row, padding included.</param>
    /// <param name="kernel">The kernel's width.</param>
    /// <param name="stride">The convolution's stride along a row.</param>
    /// <param name="wanted">Outputs in a row that somebody reads.</param>
    public static PixelBlocks? TryCreate(int width, int kernel, int stride, int wanted)
    {
        int block = stride;
        while (block % ChannelMultiple != 0)
            block += stride;
        int kernelBlocks = (block - stride + kernel + block - 1) / block;
        if (kernelBlocks * block > MostWaste * kernel)
            return null;
        var blocks = new PixelBlocks(block, block / stride, kernelBlocks, (width + block - 1) / block * block);
        while (blocks.OutputWidth < wanted)
            blocks = blocks with { InputWidth = blocks.InputWidth + block };
        return blocks;
    }
}
