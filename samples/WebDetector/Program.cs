using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using VisualSentiment;
using WebDetector;

// Predicts the emotion of uploaded images: a page and an API.
// dotnet run -c Release --project samples/WebDetector -- --Model sentiment.onnx
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = args, ContentRootPath = AppContext.BaseDirectory,
});
var limits = builder.Configuration.GetSection("Limits").Get<UploadLimits>() ?? new UploadLimits();
var model = new ModelSettings(
    Path.GetFullPath(builder.Configuration["Model"] ?? "sentiment.onnx"),
    options =>
    {
        options.MaxConcurrency = limits.Concurrency;
        options.QueueLimit = limits.Queue;
        options.Limits = new ImageLimits { MaxFileBytes = limits.MaxBytes, MaxPixels = limits.MaxPixels };
    });

builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = limits.MaxBytes + UploadLimits.FormBytes;
});
builder.Services.AddSingleton(limits).AddSingleton(model).AddSingleton<EmotionModel>().AddSingleton<ModelTraining>()
    .AddSingleton(TrainingCommand.Find());
IHealthChecksBuilder health = builder.Services.AddHealthChecks();
if (File.Exists(model.Path))
{
    builder.Services.AddVisualSentiment(model.Path, model.Configure).WithHotReload();
    health.AddVisualSentiment();
}
else
{
    health.AddCheck<EmotionModel>("visualsentiment");
}
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
builder.Services.AddProblemDetails(ErrorProblems.Configure).AddExceptionHandler<ErrorProblems>();
builder.Services.AddOpenApi();
if (builder.Environment.IsDevelopment())
{
    builder.Services.AddOpenTelemetry()
        .WithMetrics(metrics => metrics.AddMeter("VisualSentiment", "Microsoft.AspNetCore.Hosting")
            .AddConsoleExporter((_, reader) =>
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 60_000))
        .WithTracing(traces => traces.AddSource("VisualSentiment", "Microsoft.AspNetCore").AddConsoleExporter());
}

await using WebApplication app = builder.Build();
app.Use(SecurityHeaders.Add);
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseDefaultFiles();
app.UseStaticFiles(new StaticFileOptions
{
    OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
});
app.MapOpenApi();
app.MapHealthChecks("/health", new()
{
    ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(HealthAnswer.Of(report)),
});
app.MapImages();
app.MapModel();
try
{
    // If the model were loaded while the host starts, the host would log an invalid one with a stack trace.
    app.Services.GetService<ISentimentDetector>();
    await app.RunAsync();
    return 0;
}
catch (InvalidModelException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
