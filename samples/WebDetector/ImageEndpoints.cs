using VisualSentiment;

namespace WebDetector;

/// <summary>The predictions for uploaded images.</summary>
internal static class ImageEndpoints
{
    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/predict", PredictAsync).WithName("predict")
            .WithSummary("Predicts the emotion that an image evokes.").AcceptsImage().Produces<PredictionAnswer>();
        routes.MapPost("/api/explain", ExplainAsync).WithName("explain")
            .WithSummary("Draws the evidence for an emotion: JSON, or a PNG with Accept: image/png.")
            .AcceptsImage().Produces<ExplanationAnswer>().Produces(StatusCodes.Status200OK, contentType: "image/png")
            .ProducesProblem(StatusCodes.Status501NotImplemented);
    }

    private static RouteHandlerBuilder AcceptsImage(this RouteHandlerBuilder route)
    {
        route.Accepts<IFormFile>("multipart/form-data", "image/*", "application/octet-stream").DisableAntiforgery();
        foreach (int status in (ReadOnlySpan<int>)[400, 408, 413, 415, 422, 503])
            route.ProducesProblem(status);
        return route;
    }

    private static async Task<IResult> PredictAsync(
        HttpRequest request, EmotionModel model, UploadLimits limits, CancellationToken cancellationToken)
    {
        HostedSentimentDetector detector = model.Detector;
        ReadOnlyMemory<byte> image = await Upload.ReadAsync(request, limits);
        SentimentPrediction prediction =
            await LimitAsync(token => detector.PredictAsync(image, token), limits, cancellationToken);
        return TypedResults.Ok(PredictionAnswer.Of(prediction, detector.LoadedAt));
    }

    private static async Task<IResult> ExplainAsync(
        HttpRequest request, string? emotion, EmotionModel model, UploadLimits limits,
        CancellationToken cancellationToken)
    {
        HostedSentimentDetector detector = model.Detector;
        if (emotion is not null && !detector.Classes.Contains(emotion))
            throw new BadHttpRequestException(
                $"There is no emotion '{emotion}'; the emotions are {string.Join(", ", detector.Classes)}.");
        ReadOnlyMemory<byte> image = await Upload.ReadAsync(request, limits);
        SentimentPrediction prediction;
        byte[] overlay;
        try
        {
            (prediction, overlay) = await LimitAsync(token => detector.RunAsync(current =>
            {
                EvidenceMap map = current.Explain(image);
                return (map.Prediction, map.ToOverlay(emotion));
            }, token), limits, cancellationToken);
        }
        catch (NotSupportedException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status501NotImplemented);
        }
        return request.GetTypedHeaders().Accept.Any(type => type.MediaType == "image/png")
            ? TypedResults.Bytes(overlay, "image/png")
            : TypedResults.Ok(new ExplanationAnswer(PredictionAnswer.Of(prediction, detector.LoadedAt),
                emotion ?? prediction.Emotion, $"data:image/png;base64,{Convert.ToBase64String(overlay)}"));
    }

    /// <exception cref="TimeoutException">The work took longer than the limit. It ends in the background.</exception>
    private static async Task<T> LimitAsync<T>(
        Func<CancellationToken, Task<T>> work, UploadLimits limits, CancellationToken aborted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        deadline.CancelAfter(limits.PredictionTime);
        try
        {
            return await work(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"There was no result after {limits.PredictionTime.TotalSeconds:0.#} seconds. Try again in a second.");
        }
    }
}
