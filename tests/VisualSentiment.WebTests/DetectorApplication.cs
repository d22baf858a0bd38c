using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.WebTests;

/// <summary>The sample WebDetector in this process, with a model file in a folder of its own.</summary>
internal sealed class DetectorApplication : WebApplicationFactory<Program>
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="model">The bytes of the model file; null for no file.</param>
    public DetectorApplication(byte[]? model)
    {
        if (model is not null)
            File.WriteAllBytes(ModelPath, model);
    }

    public string ModelPath => _folder["sentiment.onnx"];

    public string Environment { get; init; } = "Production";

    /// <summary>Settings such as <c>Limits:MaxBytes</c>.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    public Action<IServiceCollection> ConfigureServices { get; init; } = _ => { };

    public static DetectorApplication WithColorStudent() => new(ColorStudent.Create());

    /// <summary>Starts a web server on a free port, and returns its address.</summary>
    public Uri Listen()
    {
        // UseKestrel(port) would change the addresses of a server that the program may have started already.
        UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        StartServer();
        return ClientOptions.BaseAddress;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseContentRoot(AppContext.BaseDirectory);
        builder.UseEnvironment(Environment);
        builder.UseSetting("Model", ModelPath);
        foreach (string category in (string[])["Default", "Microsoft.AspNetCore"])
            builder.UseSetting($"Logging:LogLevel:{category}", "None");
        foreach (var (name, value) in Settings)
            builder.UseSetting(name, value);
        builder.ConfigureTestServices(ConfigureServices);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
