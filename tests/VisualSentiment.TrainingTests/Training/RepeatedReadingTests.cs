using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Quantization;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Training;

/// <summary>Data that has fewer rows when it is read for a second time.</summary>
public sealed class RepeatedReadingTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 2);
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Encoded_images_that_are_missing_at_the_second_reading_end_training_with_a_message()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Shrinking());
        IDataView data = DrawnImages.MapLabels(_ml).Fit(_ml.Data.LoadFromEnumerable(Rows())).Transform(rows);
        using var log = CatalogEnvironment.Of(_ml.Data).Start("test");
        var options = DistillationRecipes.Paper with { ImageColumnName = nameof(Row.Image) };

        var failure = Assert.Throws<InvalidOperationException>(() => TrainingSet.Load(data, options, new TrainingRun(log, null, 1, CancellationToken.None)));

        Assert.Contains("There were 6 rows, and 4 when they were read again", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calibration_images_that_are_missing_at_the_second_reading_end_with_a_message()
    {
        var info = new OnnxModelInfo
        {
            Classes = ["calm", "hope", "rage"], Fit = ImageFit.Fill, Normalization = PixelNormalization.ImageNet,
        };

        var failure = Assert.Throws<InvalidOperationException>(() =>
            CalibrationData.Read(_ml.Data.LoadFromEnumerable(Shrinking()), nameof(Row.Image), nameof(Row.Label), info));

        Assert.Contains("had 6 rows in the first pass", failure.Message, StringComparison.Ordinal);
    }

    private Row[] Rows() => [.. Directory.GetFiles(_images.Folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => new Row { Image = File.ReadAllBytes(path), Label = Path.GetFileName(Path.GetDirectoryName(path)!) })];

    // Every reading but the first has two rows less.
    private Once Shrinking() => new(Rows());

    private sealed class Once(Row[] rows) : IEnumerable<Row>
    {
        private bool _read;

        public IEnumerator<Row> GetEnumerator()
        {
            IEnumerable<Row> now = _read ? rows.SkipLast(2) : rows;
            _read = true;
            return now.GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Row
    {
        public byte[] Image { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
