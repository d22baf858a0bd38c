using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.Onnx.Export;

/// <summary>Exports TorchSharp modules in evaluation mode.</summary>
internal static class ModuleExporter
{
    /// <summary>The name of the module's output; null if the module or one of its settings is not supported.</summary>
    public static string? TryExport(OnnxGraph graph, nn.Module module, string input) => module switch
    {
        IOnnxExportable own => own.ExportOnnx(graph, input),
        Sequential sequential when module.GetType() == typeof(Sequential) => sequential.named_children().Aggregate(input,
            (value, child) => graph.AddModule(child.name, child.module, value)),

        Conv2d { padding_mode: PaddingModes.Zeros } conv => Convolution(graph, conv, input),
        Linear linear => graph.AddNode("Gemm", Operands(graph, input, linear.weight, linear.bias), ("transB", 1)),
        BatchNorm { running_mean: not null, running_var: not null } norm => Normalization(graph, norm, input),

        MaxPool2d pool => graph.AddNode("MaxPool", [input],
            ("kernel_shape", Pair(pool.kernel_size)), ("strides", Pair(pool.stride ?? pool.kernel_size)),
            ("pads", Pads(pool.padding)), ("dilations", Pair(pool.dilation ?? [1])), ("ceil_mode", pool.ceil_mode)),
        AvgPool2d { ceil_mode: false, divisor_override: null } pool => graph.AddNode("AveragePool", [input],
            ("kernel_shape", Pair(pool.kernel_size)), ("strides", Pair(pool.stride ?? pool.kernel_size)),
            ("pads", Pads(pool.padding)), ("count_include_pad", pool.count_include_pad)),
        AdaptiveAvgPool2d pool when pool.output_size.All(size => size == 1) => graph.AddNode("GlobalAveragePool", [input]),
        Flatten { start_dim: 1, end_dim: -1 } => graph.AddNode("Flatten", [input], ("axis", 1)),

        ReLU => graph.AddNode("Relu", [input]),
        ReLU6 => graph.AddNode("Clip", [input, graph.AddWeight("minimum", [0f]), graph.AddWeight("maximum", [6f])]),
        SiLU => graph.AddNode("Mul", [input, graph.AddNode("Sigmoid", [input])]),
        Hardswish => graph.AddNode("HardSwish", [input]),
        Hardsigmoid => graph.AddNode("HardSigmoid", [input], ("alpha", 1f / 6), ("beta", 0.5f)),
        Sigmoid => graph.AddNode("Sigmoid", [input]),
        Tanh => graph.AddNode("Tanh", [input]),

        Identity or Dropout or Dropout1d or Dropout2d or Dropout3d or AlphaDropout or FeatureAlphaDropout => input,
        _ => null,
    };

    private static string Convolution(OnnxGraph graph, Conv2d conv, string input) => graph.AddNode("Conv",
        Operands(graph, input, conv.weight, conv.bias),
        ("kernel_shape", conv.kernel_size), ("strides", conv.stride), ("pads", Pads(conv)),
        ("dilations", conv.dilation), ("group", conv.groups));

    private static string Normalization(OnnxGraph graph, BatchNorm norm, string input)
    {
        using var scope = NewDisposeScope();
        return graph.AddNode("BatchNormalization",
            [
                input,
                graph.AddWeight("weight", norm.weight ?? ones_like(norm.running_mean!)),
                graph.AddWeight("bias", norm.bias ?? zeros_like(norm.running_mean!)),
                graph.AddWeight("running_mean", norm.running_mean!),
                graph.AddWeight("running_var", norm.running_var!),
            ],
            ("epsilon", norm.eps));
    }

    private static string[] Operands(OnnxGraph graph, string input, Tensor weight, Tensor? bias) => bias is null
        ? [input, graph.AddWeight("weight", weight)]
        : [input, graph.AddWeight("weight", weight), graph.AddWeight("bias", bias)];

    // TorchSharp stores one number if height and width are equal.
    private static long[] Pair(long[] sizes) => sizes.Length == 1 ? [sizes[0], sizes[0]] : sizes;

    // ONNX pads top, left, bottom and right separately; PyTorch pads both sides of a dimension equally.
    private static long[] Pads(long[]? padding)
    {
        long[] pair = Pair(padding ?? [0]);
        return [.. pair, .. pair];
    }

    // "Same" padding keeps the size at stride 1; an odd pixel is added at the bottom and the right.
    private static long[] Pads(Conv2d conv)
    {
        if (conv.padding_type != Padding.Same)
            return Pads(conv.padding);
        long[] total = [.. conv.kernel_size.Zip(conv.dilation, (kernel, dilation) => dilation * (kernel - 1))];
        return [.. total.Select(t => t / 2), .. total.Select(t => t - t / 2)];
    }
}
