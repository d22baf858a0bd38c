using Microsoft.ML;
using Microsoft.ML.Transforms;
using SkiaSharp;

namespace VisualSentiment.Tests.Support;

/// <summary>Small labeled images that a network tells apart after a few steps: red, green and blue ones, with grain.</summary>
internal sealed class DrawnImages : IDisposable
{
    private static readonly (string Name, SKColor Color)[] Colors =
        [("calm", SKColors.RoyalBlue), ("hope", SKColors.SeaGreen), ("rage", SKColors.Firebrick)];

    private readonly TemporaryFolder _folder = new();

    public DrawnImages(int imagesPerClass, int classes = 3)
    {
        var random = new Random(7);
        foreach (var (name, color) in Colors.Take(classes))
            for (int i = 0; i < imagesPerClass; i++)
            {
                using var bitmap = new SKBitmap(64, 48);
                for (int y = 0; y < bitmap.Height; y++)
                    for (int x = 0; x < bitmap.Width; x++)
                        bitmap.SetPixel(x, y, Grain(color, random));
                using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(_folder[$"{name}/{i:00}.png"], png.ToArray());
            }
    }

    public string Folder => _folder.Path;

    /// <summary>Columns ImagePath (text) and Label (key by value).</summary>
    public IDataView Load(MLContext ml) => MapLabels(ml).Fit(ml.Data.LoadImageFolder(Folder)).Transform(ml.Data.LoadImageFolder(Folder));

    public static ValueToKeyMappingEstimator MapLabels(MLContext ml) =>
        ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);

    public void Dispose() => _folder.Dispose();

    private static SKColor Grain(SKColor color, Random random)
    {
        byte Channel(byte value) => (byte)Math.Clamp(value + random.Next(-60, 61), 0, 255);
        return new SKColor(Channel(color.Red), Channel(color.Green), Channel(color.Blue));
    }
}
