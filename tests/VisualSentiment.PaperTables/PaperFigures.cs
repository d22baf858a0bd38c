namespace PaperTables;

/// <summary>What the paper's Tables 3 and 4 say of a network; null where they say nothing.</summary>
/// <param name="ParametersInMillions">The number of parameters, batch-norm statistics and convolution biases included.</param>
/// <param name="Seconds">The time of training.</param>
/// <param name="Accuracy">The share of ArtPhoto's test images, 0 to 1.</param>
internal sealed record PaperFigures(double? ParametersInMillions, double? Seconds, double? Accuracy)
{
    private static readonly PaperFigures Nothing = new(null, null, null);

    private static readonly Dictionary<string, PaperFigures> Networks = new()
    {
        [RowKeys.ResNet50] = new(23.604, 189.08, 0.432),
        [RowKeys.Vgg16] = new(142.471, 76.02, 0.383),
        [RowKeys.AlexNet] = new(540.305, 376.38, 0.235),
    };

    private static readonly Dictionary<double, PaperFigures> Temperatures = new()
    {
        [3] = new(0.146, 28.21, 0.345),
        [4] = new(0.146, 28.42, 0.374),
        [5] = new(0.146, 28.61, null),
        [6] = new(0.146, 28.68, 0.353),
        [7] = new(0.146, 28.42, 0.353),
        [8] = new(0.146, null, 0.353),
    };

    /// <summary>Table 1: name, output size, layers.</summary>
    public static IReadOnlyList<(string Name, string OutputSize, string Layers)> Table1 { get; } =
    [
        ("conv1", "112 x 112", "7x7, 64, stride 2"),
        ("conv2_x", "56 x 56", "3x3 max pool, stride 2; 3 x [1x1, 64; 3x3, 64; 1x1, 256]"),
        ("conv3_x", "28 x 28", "4 x [1x1, 128; 3x3, 128; 1x1, 512]"),
        ("conv4_x", "14 x 14", "6 x [1x1, 256; 3x3, 256; 1x1, 1024]"),
        ("conv5_x", "7 x 7", "3 x [1x1, 512; 3x3, 512; 1x1, 2048]"),
        ("fc", "8-d", "average pool, 8-d fc"),
    ];

    /// <summary>Table 2: layer, output size, and the name of the layer here.</summary>
    public static IReadOnlyList<(string Layer, string OutputSize, string Name)> Table2 { get; } =
    [
        ("Conv2D", "222 x 222", "conv1"),
        ("MaxPooling2D", "55 x 55", "pool1"),
        ("Conv2D", "53 x 53", "conv2"),
        ("GlobalAveragePooling2D", "128-d", "pool2"),
        ("Dense", "512-d", "fc1"),
        ("Dense", "8-d", "fc2"),
    ];

    public static PaperFigures Of(TableRow row) => row.Temperature is { } temperature
        ? Temperatures.GetValueOrDefault(temperature, Nothing) : Networks.GetValueOrDefault(row.Key, Nothing);

    /// <summary>The paper's accuracy at each temperature it tried.</summary>
    public static IEnumerable<(double Temperature, double Accuracy)> Sweep =>
        Temperatures.Where(figures => figures.Value.Accuracy is not null).Select(figures => (figures.Key, figures.Value.Accuracy!.Value));
}
