using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using VisualSentiment;

namespace WebDetector;

/// <summary>Answers every error with problem details (RFC 9457).</summary>
internal sealed class ErrorProblems(IProblemDetailsService problems) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    /// <summary>Adds what the framework's own problems leave out.</summary>
    public static void Configure(ProblemDetailsOptions options) => options.CustomizeProblemDetails = context =>
    {
        if (context.ProblemDetails.Status == StatusCodes.Status415UnsupportedMediaType)
            context.ProblemDetails.Detail ??= Upload.AcceptedTypes;
    };

    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        ProblemDetails problem = Describe(exception);
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return true;
        }
        context.Response.StatusCode = problem.Status!.Value;
        if (exception is DetectorBusyException or TimeoutException)
            context.Response.Headers.RetryAfter = "1";
        // An unexpected error is logged by the middleware.
        return await problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem })
            && problem.Status != StatusCodes.Status500InternalServerError;
    }

    private static ProblemDetails Describe(Exception exception) => exception switch
    {
        BadHttpRequestException e => new() { Status = e.StatusCode, Detail = e.Message },
        UnreadableImageException e => new()
        {
            Status = StatusCodes.Status422UnprocessableEntity, Title = "The image cannot be read.",
            Detail = $"{char.ToUpperInvariant(e.Reason[0])}{e.Reason[1..]}.",
        },
        DetectorBusyException =>
            Unavailable("The server is busy.", "Too many images are waiting. Try again in a second."),
        TimeoutException e => Unavailable("The prediction took too long.", e.Message),
        NoModelException e => Unavailable("There is no model.", e.Message),
        InvalidModelException e => Unavailable("The model cannot be used.", e.Message),
        _ => new() { Status = StatusCodes.Status500InternalServerError, Title = "An error occurred on the server." },
    };

    private static ProblemDetails Unavailable(string title, string detail) =>
        new() { Status = StatusCodes.Status503ServiceUnavailable, Title = title, Detail = detail };
}
