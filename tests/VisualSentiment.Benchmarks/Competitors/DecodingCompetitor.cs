using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The library's reading, decoding and resizing, without prediction, on all cores.</summary>
internal sealed class DecodingCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly PixelPreprocessor _preprocessor = new(ImageFit.Fill);

    public DecodingCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        Decode(settings.Images);
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Images, () => Decode(_settings.Images));

    public void Dispose()
    {
    }

    private void Decode(int count) => Parallel.ForEach(ImageList.Take(_settings.Photographs, count), () => new byte[PixelFormat.ByteCount],
        (file, _, pixels) =>
        {
            _preprocessor.Read(file, pixels);
            return pixels;
        }, _ => { });
}
