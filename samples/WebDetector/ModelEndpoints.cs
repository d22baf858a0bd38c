using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using VisualSentiment;

namespace WebDetector;

/// <summary>The model file for browsers, its state, and the training of one.</summary>
internal static class ModelEndpoints
{
    public static void MapModel(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/model", Describe).WithName("model").WithSummary("Describes the model.");
        routes.MapGet("/model", Download).WithName("download").WithSummary("Returns the ONNX file.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapPost("/api/train", Train).WithName("train")
            .WithSummary("Trains a model on painted images. In development, from this machine only.")
            .Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static ModelAnswer Describe(
        HttpContext context, EmotionModel model, ModelTraining training, TrainingCommand command)
    {
        bool canTrain = CanTrain(context, command);
        try
        {
            HostedSentimentDetector detector = model.Detector;
            return new(true, null, detector.Classes, detector.Info.ImageFit.ToString(), detector.Info.Student,
                detector.LoadedAt, canTrain, training.State);
        }
        catch (Exception e) when (e is NoModelException or InvalidModelException)
        {
            return new(false, e.Message, [], null, null, null, canTrain, training.State);
        }
    }

    private static FileStreamHttpResult Download(HttpContext context, ModelSettings settings)
    {
        FileStream file;
        try
        {
            file = new FileStream(settings.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete,
                bufferSize: 1, useAsync: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NoModelException(settings.Path);
        }
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Stream(file, "application/octet-stream");
    }

    private static IResult Train(HttpContext context, ModelTraining training, TrainingCommand command)
    {
        if (!CanTrain(context, command))
            return TypedResults.Problem("A model can be trained in development only, from the machine of the server "
                + "and from its own page.", statusCode: StatusCodes.Status403Forbidden);
        return training.TryStart() ? TypedResults.Accepted("/api/model")
            : TypedResults.Problem("A model is being trained already.", statusCode: StatusCodes.Status409Conflict);
    }

    // Another site that is open in a browser of this machine must not start a process.
    private static bool CanTrain(HttpContext context, TrainingCommand command) => command.Create is not null
        && context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment()
        && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        && context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
}
