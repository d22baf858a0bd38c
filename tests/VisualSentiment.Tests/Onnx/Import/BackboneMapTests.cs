using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx.Import;

public sealed class BackboneMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public BackboneMapTests()
    {
        _path = _folder["backbone.onnx"];
        PooledBackbone.Write(_path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Maps_are_found_by_their_side_and_sides_that_no_map_has_are_left_out()
    {
        using var backbone = Load(7, 14, 28);

        Assert.Equal([new BackboneMap(PooledBackbone.Coarse, 3, 7), new BackboneMap(PooledBackbone.Middle, 3, 14)], backbone.Maps);
    }

    [Fact]
    public void Maps_follow_the_embedding_channel_by_channel()
    {
        // The left half is 255, that is 1 for the network, the right half 0, that is -1.
        byte[] pixels = new byte[PixelFormat.ByteCount];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / PixelFormat.Channels % PixelFormat.Width < PixelFormat.Width / 2 ? 255 : 0);
        using var backbone = Load(7, 14);
        float[] features = new float[3 + 3 * 7 * 7 + 3 * 14 * 14];

        backbone.EmbedWithMaps(pixels, features);

        Assert.All(features[..3], value => Assert.Equal(0, value, tolerance: 1e-5));
        float[] middle = features[(3 + 3 * 7 * 7)..];
        Assert.Equal(Enumerable.Range(0, middle.Length).Select(i => i % 14 < 7 ? 2f : -2f), middle, (expected, actual) => Math.Abs(expected - actual) < 1e-5f);
        // The middle column of seven holds one column of each half.
        Assert.Equal([2, 2, 2, 0, -2, -2, -2], features[3..10], (expected, actual) => Math.Abs(expected - actual) < 1e-5f);
    }

    [Fact]
    public void MobileNets_maps_are_the_last_sums_of_their_size()
    {
        string model = SharedFolder.Require("weights/mobilenet_v2_imagenet.onnx");
        using var backbone = OnnxBackbone.Load(new(model, PixelNormalization.MinusOneToOne, "embedding"), mapSides: [7, 14]);

        Assert.Equal([(160, 7), (96, 14)], backbone.Maps.Select(map => (map.Channels, map.Side)));
    }

    private OnnxBackbone Load(params int[] sides) => OnnxBackbone.Load(new(_path, PixelNormalization.MinusOneToOne), mapSides: sides);
}
