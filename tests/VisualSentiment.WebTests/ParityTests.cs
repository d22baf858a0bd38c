using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.Playwright;
using SkiaSharp;
using VisualSentiment.Tests.Support;
using static SkiaSharp.SKEncodedImageFormat;

namespace VisualSentiment.WebTests;

/// <summary>The library and a browser compute the same from the same file, each with its own decoder.</summary>
public class ParityTests(Chromium chromium)
{
    private const double Tolerance = 1e-4;

    private static readonly (int Width, int Height, SKEncodedImageFormat Format, bool IsTransparent)[] Images =
    [
        (224, 224, Png, false), (640, 480, Png, false), (480, 640, Png, false), (1600, 1200, Png, false),
        (31, 17, Png, false), (3, 5, Png, false), (1, 1, Png, false), (999, 61, Png, false), (225, 223, Png, false),
        (300, 200, Png, true), (64, 64, Png, true), (200, 600, Png, true), (224, 224, Jpeg, false),
        (640, 427, Jpeg, false), (427, 640, Jpeg, false), (447, 447, Jpeg, false), (1000, 400, Jpeg, false),
        (33, 35, Jpeg, false), (150, 300, Jpeg, false), (320, 240, Webp, false),
    ];

    [Theory]
    [InlineData(ImageFit.Fill)]
    [InlineData(ImageFit.CenterCrop)]
    public async Task Detector_transformer_and_browser_give_the_same_probabilities_and_pixels(ImageFit fit)
    {
        Chromium.RequireOnnxRuntime();
        await using var application = new DetectorApplication(ExportedStudent.Create(fit));
        IPage page = await chromium.OpenAsync(application.Listen());
        using var folder = new TemporaryFolder();
        string[] paths = [.. Images.Select((image, i) =>
        {
            string path = folder[$"{i:00}.{image.Format}"];
            File.WriteAllBytes(path, Painted.Encode(image.Width, image.Height, i, image.Format, image.IsTransparent));
            return path;
        })];
        using var detector = SentimentDetector.Load(application.ModelPath);
        var transformed = Transform(application.ModelPath, paths);

        double largest = 0;
        List<string> differences = [];
        for (int i = 0; i < paths.Length; i++)
        {
            byte[] file = await File.ReadAllBytesAsync(paths[i], TestContext.Current.CancellationToken);
            float[] expected = [.. detector.Predict(file).Scores.Values];
            var browser = await page.EvaluateAsync<BrowserResult>("""
                async ({ text, fit, classes }) => {
                  const { decode, predict } = await import("/browser-model.js");
                  const { toPixels } = await import("/pixels.js");
                  const file = new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))]);
                  const image = await decode(file);
                  const pixels = toPixels(image.data, image.width, image.height, fit);
                  let binary = "";
                  for (const byte of pixels) binary += String.fromCharCode(byte);
                  return { scores: await predict(file, { fit, classes, loadedAt: "" }), pixels: btoa(binary) };
                }
                """, new { text = Convert.ToBase64String(file), fit = fit.ToString(), classes = detector.Classes });
            byte[] library = detector.ReadPixels(file), here = Convert.FromBase64String(browser.Pixels);
            int wrong = library.Zip(here).Count(pair => pair.First != pair.Second);
            double difference = Enumerable.Range(0, expected.Length).Max(c => Math.Max(
                Math.Abs(expected[c] - browser.Scores[c]), Math.Abs(expected[c] - transformed[i][c])));
            largest = Math.Max(largest, difference);
            if (wrong > 0 || difference > Tolerance)
                differences.Add($"{i} {Images[i]}: {wrong} bytes differ; probabilities by {difference}");
        }
        await page.Context.CloseAsync();

        TestContext.Current.TestOutputHelper!.WriteLine($"The largest difference of a probability is {largest:e1}.");
        Assert.Empty(differences);
    }

    private static float[][] Transform(string model, string[] paths)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(paths.Select(path => new Row { ImagePath = path }));
        using SentimentTransformer transformer = SentimentTransformer.Load(model, rows.Schema);
        return [.. transformer.Transform(rows).GetColumn<float[]>("Score")];
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class BrowserResult
    {
        public double[] Scores { get; set; } = [];

        public string Pixels { get; set; } = "";
    }
}
