using Microsoft.Playwright;
using VisualSentiment.WebTests;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace VisualSentiment.WebTests;

/// <summary>Debian's Chromium, started once for all tests.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";
    private const int Timeout = 30_000;

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page with its own storage; skips the test if Chromium is not installed.</summary>
    public async Task<IPage> OpenAsync(Uri address, BrowserNewContextOptions? options = null)
    {
        Assert.SkipUnless(File.Exists(Executable), "Chromium is not installed (Debian: apt install chromium).");
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Executable,
                Args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
            });
        }
        finally
        {
            _gate.Release();
        }
        IBrowserContext context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(Timeout);
        Assertions.SetDefaultExpectTimeout(Timeout);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Skips the test if ONNX Runtime for browsers was not restored.</summary>
    public static void RequireOnnxRuntime() =>
        Assert.SkipUnless(
            File.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot", "ort", "ort.wasm.bundle.min.mjs")),
            "npm was not installed when the sample was built (Debian: apt install npm).");

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _gate.Dispose();
    }
}
