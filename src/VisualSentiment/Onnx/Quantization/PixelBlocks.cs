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

    /// <summary>How many copies of the picture lie side by side in a row, each moved on by <see cref="Outputs"/> steps.</summary>
    public int PictureCopies { get; private init; } = 1;

    public int Channels => Width * PixelFormat.Channels;

    /// <summary>Outputs in a row; those beyond the ones that are wanted come from pixels that are not there.</summary>
    public int OutputWidth => Outputs * (InputWidth / Width - KernelBlocks + 1);

    /// <summary>
    /// Blocks for outputs of which pooling keeps one of each <paramref name="window"/>. A block as wide as the window holds the pixels of
    /// its first outputs; the others are the first ones of blocks that begin later. So the picture is taken several times, half
    /// of the multiplications by zero go away, and pooling does not mind that the outputs are no longer in a row. Null where
    /// that does not work out.
    /// </summary>
    /// <param name="width">Pixels in a row; there is no padding.</param>
    /// <param name="kernel">The kernel's width.</param>
    /// <param name="stride">The convolution's stride along a row.</param>
    /// <param name="window">Outputs that are pooled to one.</param>
    public static PixelBlocks? TryCreateForPooling(int width, int kernel, int stride, int window)
    {
        int block = stride * window, pooled = ((width - kernel) / stride + 1) / window;
        int outputs = (block - kernel) / stride + 1;
        if (block % ChannelMultiple != 0 || outputs < 2 || outputs == window || window % outputs != 0)
            return null;
        int copies = window / outputs;
        bool fits = (copies - 1) * outputs * stride + pooled * block <= width;
        return fits ? new PixelBlocks(block, outputs, KernelBlocks: 1, copies * pooled * block) { PictureCopies = copies } : null;
    }

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
