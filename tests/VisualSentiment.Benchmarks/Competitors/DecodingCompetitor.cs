using VisualSentiment.Benchmarks.Pictures;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Reading, decoding and resizing alone, as the library does it, on every core.</summary>
internal sealed class DecodingCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly PixelPreprocessor _preprocessor = new(ImageFit.Fill);

    public DecodingCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        Decode(settings.Pictures);
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Pictures, () => Decode(_settings.Pictures));

    public void Dispose()
    {
    }

    private void Decode(int count) => Parallel.ForEach(PictureList.Take(_settings.Photographs, count), () => new byte[PixelFormat.ByteCount],
        (file, _, pixels) =>
        {
            _preprocessor.Read(file, pixels);
            return pixels;
        }, _ => { });
}
