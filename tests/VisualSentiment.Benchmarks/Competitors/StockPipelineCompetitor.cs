using Microsoft.ML;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The pipeline of ML.NET's documentation for ONNX image models, with the same network and a float input.</summary>
internal sealed class StockPipelineCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly MLContext _ml = new(seed: 1);
    private readonly ITransformer _pipeline;

    public StockPipelineCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _pipeline = Create(_ml, settings.StudentPath);
        if (settings.WarmUp)
            Score(settings.Images);
    }

    /// <summary>LoadImages, ResizeImages, ExtractPixels, ApplyOnnxModel.</summary>
    public static ITransformer Create(MLContext ml, string student)
    {
        const string Image = nameof(Image);
        var pipeline = ml.Transforms.LoadImages(Image, imageFolder: "", nameof(ImageRow.ImagePath))
            .Append(ml.Transforms.ResizeImages(Image, 224, 224, Image, Microsoft.ML.Transforms.Image.ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels(FloatInputModel.Pixels, Image))
            .Append(ml.Transforms.ApplyOnnxModel([FloatInputModel.Score], [FloatInputModel.Pixels], student));
        return pipeline.Fit(ml.Data.LoadFromEnumerable<ImageRow>([]));
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Images, () => Score(_settings.Images));

    public void Dispose() => (_pipeline as IDisposable)?.Dispose();

    private void Score(int count)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(ImageList.Take(_settings.Photographs, count).Select(file => new ImageRow { ImagePath = file }));
        int scored = _ml.Data.CreateEnumerable<ScoredRow>(_pipeline.Transform(rows), reuseRowObject: true).Count(row => row.Score.Length > 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scored, count);
    }
}
