using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;
using WebDetector;

namespace VisualSentiment.WebTests;

/// <summary>The page in Chromium.</summary>
public sealed class PageTests(Chromium chromium) : IAsyncLifetime
{
    private readonly DetectorApplication _application = DetectorApplication.WithColorStudent();
    private readonly List<string> _errors = [];
    private IPage _page = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_page is not null)
            await _page.Context.CloseAsync();
        await _application.DisposeAsync();
    }

    [Fact]
    public async Task A_chosen_image_gets_probabilities_a_statement_and_an_overlay()
    {
        await Open();

        await _page.Locator("#file").SetInputFilesAsync(Image(3));

        await ExpectResult(3);
        await Expect("#overlay").ToHaveAttributeAsync("src", new Regex("^data:image/png"));
        await Expect("#overlay-caption").ToContainTextAsync("Evidence for");
        await Expect("#legend").ToBeVisibleAsync();
        Assert.Equal(48, await _page.Locator("#overlay").EvaluateAsync<int>(
            "async image => { await image.decode(); return image.naturalWidth; }"));
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task An_image_can_be_dropped()
    {
        await Open();

        await _page.Locator("#drop").DispatchEventAsync("drop", new { dataTransfer = await Transfer(4) });

        await ExpectResult(4);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task An_image_can_be_pasted_with_the_keyboard_and_with_the_button()
    {
        await Open(new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await Copy(5);

        await _page.Keyboard.PressAsync("Control+V");

        await ExpectResult(5);
        await Copy(6);
        await _page.GetByRole(AriaRole.Button, new() { Name = "Paste" }).ClickAsync();
        await ExpectResult(6);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_picture_can_be_taken_with_the_camera()
    {
        await Open(new() { Permissions = ["camera"] });

        await _page.GetByRole(AriaRole.Button, new() { Name = "Use the camera" }).ClickAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Take a photo" }).ClickAsync();
        await Expect("#summary").ToContainTextAsync("%");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Stop the camera" }).ClickAsync();

        await Expect("#viewfinder").ToBeHiddenAsync();
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task The_emotion_of_the_overlay_can_be_selected()
    {
        await Open();
        await _page.Locator("#file").SetInputFilesAsync(Image(3));
        await ExpectResult(3);

        await _page.Locator("#emotion").SelectOptionAsync("hope");

        await Expect("#overlay-caption").ToHaveTextAsync("Evidence for hope");
    }

    [Fact]
    public async Task An_error_is_stated_and_disappears_with_the_next_image()
    {
        await Open();

        await _page.Locator("#file").SetInputFilesAsync(Image("text"u8.ToArray()));

        await Expect("[role=alert]").ToHaveTextAsync(
            "The image cannot be read.It is not a JPEG, PNG, WebP, GIF or BMP image.");
        await Expect("#result").ToBeHiddenAsync();
        await _page.Locator("#file").SetInputFilesAsync(Image(1));
        await ExpectResult(1);
        await Expect("[role=alert]").ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_browser_computes_the_same_probabilities()
    {
        Chromium.RequireOnnxRuntime();
        await Open();
        await _page.GetByLabel("Also compute in this browser").CheckAsync();

        await _page.Locator("#file").SetInputFilesAsync(Image(7));

        await Expect("#agreement").ToContainTextAsync("The server and this browser agree.");
        string difference = await _page.Locator("#agreement").GetAttributeAsync("data-difference") ?? "1";
        Assert.InRange(double.Parse(difference, CultureInfo.InvariantCulture), 0, 1e-5);
        foreach (string emotion in ColorStudent.Classes)
        {
            ILocator row = _page.Locator($"[data-emotion={emotion}]");
            Assert.Equal(await row.Locator(".number").InnerTextAsync(), await row.Locator(".local").InnerTextAsync());
        }
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        await Open();

        var opened = new TaskCompletionSource<IFileChooser>();
        _page.FileChooser += (_, dialog) => opened.TrySetResult(dialog);
        await _page.Keyboard.PressAsync("Tab");
        await Expect("#file").ToBeFocusedAsync();
        await _page.Keyboard.PressAsync("Enter");
        IFileChooser chooser = await opened.Task.WaitAsync(
            TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotEqual("none", await _page.Locator("#file + label .primary").EvaluateAsync<string>(
            "element => getComputedStyle(element).outlineStyle"));
        await chooser.SetFilesAsync(Image(3));

        await ExpectResult(3);
        await Expect("#summary").ToBeFocusedAsync();
        string before = await _page.Locator("#emotion").InputValueAsync();
        await _page.Keyboard.PressAsync("Tab");
        await Expect("#emotion").ToBeFocusedAsync();
        await _page.Keyboard.PressAsync(before == "rage" ? "ArrowUp" : "ArrowDown");
        await Expect("#overlay-caption").Not.ToHaveTextAsync($"Evidence for {before}");
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_screen_reader_hears_names_states_and_results()
    {
        await Open();
        await _page.Locator("#file").SetInputFilesAsync(Image(3));
        await ExpectResult(3);

        Assert.Equal(0, await _page.Locator("img:not([alt]), input:not([id]), html:not([lang])").CountAsync());
        foreach (ILocator control in await _page.Locator("button, input, select").AllAsync())
            Assert.NotEmpty(await control.EvaluateAsync<string>(
                "element => (element.labels?.[0] ?? element).innerText.trim()"));
        await Expect("#status").ToHaveRoleAsync(AriaRole.Status);
        Assert.Equal(ColorStudent.Classes.Length, await _page.GetByRole(AriaRole.Rowheader).CountAsync());
    }

    [Fact]
    public async Task The_page_fits_a_phone_and_is_dark_if_the_system_is()
    {
        await Open(new() { ViewportSize = new() { Width = 375, Height = 812 }, ColorScheme = ColorScheme.Dark });
        await _page.Locator("#file").SetInputFilesAsync(Image(3));
        await ExpectResult(3);

        Assert.Equal(375, await _page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Expect("body").ToHaveCSSAsync("background-color", "rgb(21, 24, 28)");
        await _page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await Expect("body").ToHaveCSSAsync("background-color", "rgb(243, 245, 248)");
    }

    [Fact]
    public async Task Without_a_model_the_page_says_how_to_get_one_and_can_train_it()
    {
        await using var application = new DetectorApplication(model: null)
        {
            Environment = "Development",
            ConfigureServices = services => services.AddSingleton(ModelFileTests.QuickTraining),
        };
        _page = await chromium.OpenAsync(application.Listen());
        await Expect("#setup-problem").ToContainTextAsync("dotnet run -c Release --project samples/Distill");

        await _page.GetByRole(AriaRole.Button, new() { Name = "Train a model on painted images" }).ClickAsync();

        await Expect("#setup").ToBeHiddenAsync();
        await _page.Locator("#file").SetInputFilesAsync(Image(3));
        await Expect("#summary").ToContainTextAsync("%");
    }

    private async Task Open(BrowserNewContextOptions? options = null)
    {
        _page = await chromium.OpenAsync(_application.Listen(), options);
        _page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _errors.Add(message.Text);
        };
        _page.PageError += (_, error) => _errors.Add(error);
        await Expect("#model").ToContainTextAsync("3 emotions");
    }

    private ILocatorAssertions Expect(string selector) => Assertions.Expect(_page.Locator(selector));

    private async Task ExpectResult(int seed)
    {
        using var detector = SentimentDetector.Load(_application.ModelPath);
        SentimentPrediction expected = detector.Predict(TestImage.Encode(seed));
        foreach (var (emotion, probability) in expected.Scores)
            await Expect($"[data-emotion={emotion}] .number").ToHaveTextAsync(
                FormattableString.Invariant($"{100 * probability:0.0}%"));
        await Expect("#summary").ToContainTextAsync(expected.Emotion);
    }

    private static FilePayload Image(int seed) => Image(TestImage.Encode(seed));

    private static FilePayload Image(byte[] content) =>
        new() { Name = "image.png", MimeType = "image/png", Buffer = content };

    private Task<IJSHandle> Transfer(int seed) => _page.EvaluateHandleAsync("""
        text => {
          const transfer = new DataTransfer();
          const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
          transfer.items.add(new File([bytes], "image.png", { type: "image/png" }));
          return transfer;
        }
        """, Convert.ToBase64String(TestImage.Encode(seed)));

    private async Task Copy(int seed) => await _page.EvaluateAsync("""
        text => navigator.clipboard.write([new ClipboardItem({
          "image/png": new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))], { type: "image/png" }),
        })])
        """, Convert.ToBase64String(TestImage.Encode(seed)));
}
