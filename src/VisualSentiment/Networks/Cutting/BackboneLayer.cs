namespace VisualSentiment.Networks.Cutting;

/// <summary>One operation of a backbone. Values are numbered: 0 is the picture, i + 1 what layer i computes.</summary>
/// <param name="Inputs">The values that it is applied to.</param>
/// <param name="Channels">The channels of what it computes.</param>
internal abstract record BackboneLayer(IReadOnlyList<int> Inputs, int Channels)
{
    /// <summary>The side of a square map after the layer.</summary>
    /// <param name="side">The side before it.</param>
    public virtual int SideAfter(int side) => side;

    private protected static int Shrink(int side, long kernel, long stride, long dilation, long padding) =>
        (int)((side + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/// <summary>A convolution with its weights.</summary>
/// <param name="Inputs">One value.</param>
/// <param name="Shape">Of the weights: [outputs, inputs / groups, height, width].</param>
/// <param name="Weights">The weights, row by row.</param>
/// <param name="Bias">A number for each output.</param>
/// <param name="Strides">Vertical and horizontal.</param>
/// <param name="Pads">Top, left, bottom, right.</param>
/// <param name="Dilations">Vertical and horizontal.</param>
/// <param name="Groups">The groups of channels.</param>
internal sealed record ConvolutionLayer(IReadOnlyList<int> Inputs, long[] Shape, float[] Weights, float[] Bias, long[] Strides, long[] Pads, long[] Dilations, long Groups)
    : BackboneLayer(Inputs, (int)Shape[0])
{
    public int Parameters => Weights.Length + Bias.Length;

    public override int SideAfter(int side) => Shrink(side, Shape[2], Strides[0], Dilations[0], Pads[0] + Pads[2]);
}

/// <summary>The largest value of a window.</summary>
internal sealed record MaxPoolLayer(IReadOnlyList<int> Inputs, int Channels, long[] Kernel, long[] Strides, long[] Pads) : BackboneLayer(Inputs, Channels)
{
    public override int SideAfter(int side) => Shrink(side, Kernel[0], Strides[0], 1, Pads[0] + Pads[2]);
}

/// <summary>max(x, 0), or that and at most 6.</summary>
internal sealed record RectifierLayer(IReadOnlyList<int> Inputs, int Channels, bool AtMostSix) : BackboneLayer(Inputs, Channels);

/// <summary>The sum of two maps.</summary>
internal sealed record SumLayer(IReadOnlyList<int> Inputs, int Channels) : BackboneLayer(Inputs, Channels);
