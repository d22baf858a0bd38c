using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Clients;

/// <summary>The clients of docs/clients.md, which decode image files without the library.</summary>
public sealed partial class ClientTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly string Packages = Path.Combine(SharedFolder.RepositoryRoot(), "tests", "clients");

    // Beside node_modules, where Node.js finds the packages.
    private readonly string _folder = Path.Combine(Packages, "output", Guid.NewGuid().ToString("N"));

    public ClientTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ImageFit.Fill)]
    [InlineData(ImageFit.CenterCrop)]
    public void The_client_for_Node_gives_the_scores_of_the_detector(ImageFit fit)
    {
        InstallPackages();
        string[] images = WriteFiles(fit, "classify.mjs", page: 0);

        CompareWithDetector(images, Run("node", Packages, ["node.mjs", _folder, .. images]));
    }

    [Fact]
    public void The_client_for_browsers_gives_the_scores_of_the_detector()
    {
        string? chromium = FindProgram("chromium", "chromium-browser", "google-chrome");
        Assert.SkipWhen(chromium is null, "needs Chromium");
        InstallPackages();
        string[] images = WriteFiles(ImageFit.Fill, "classify.js", page: 1);

        CompareWithDetector(images, Run("node", Packages, ["web.mjs", chromium, _folder, .. images]));
    }

    private string[] WriteFiles(ImageFit fit, string client, int page)
    {
        string root = SharedFolder.RepositoryRoot();
        string markdown = File.ReadAllText(Path.Combine(root, "docs", "clients.md"));
        string[] clients = [.. Snippet().Matches(markdown).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, clients.Length);
        File.WriteAllText(Path.Combine(_folder, client), clients[page]);
        string resampling = Path.Combine(root, "samples", "WebDetector", "wwwroot", "pixels.js");
        File.Copy(resampling, Path.Combine(_folder, "pixels.js"));
        using var model = new SentimentTransformer(ExportedStudent.Create(fit), "ImagePath", TextDataViewType.Instance);
        model.SaveAsOnnx(Path.Combine(_folder, "sentiment.onnx"), new OnnxExportOptions { WriteLabels = true });
        return PaintedFiles.Write(_folder);
    }

    private void CompareWithDetector(string[] images, string output)
    {
        using JsonDocument scores = JsonDocument.Parse(output);
        Assert.True(scores.RootElement.ValueKind == JsonValueKind.Array, output);
        Assert.Equal(images.Length, scores.RootElement.GetArrayLength());
        using var detector = SentimentDetector.Load(Path.Combine(_folder, "sentiment.onnx"));
        string[] different =
        [
            .. from pair in images.Zip(scores.RootElement.EnumerateArray())
               let difference = detector.Predict(pair.First).Scores.Max(
                   score => Math.Abs(score.Value - pair.Second.GetProperty(score.Key).GetDouble()))
               where difference > Tolerance
               select $"{Path.GetFileName(pair.First)}: {difference:0.000000}",
        ];
        Assert.Empty(different);
    }

    // Once per lock file: npm writes the inner file last.
    private static void InstallPackages()
    {
        Assert.SkipWhen(FindProgram("node") is null || FindProgram("npm") is null, "needs Node.js and npm");
        var installed = new FileInfo(Path.Combine(Packages, "node_modules", ".package-lock.json"));
        DateTime locked = File.GetLastWriteTimeUtc(Path.Combine(Packages, "package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < locked)
            Run("npm", Packages, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    }

    private static string Run(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(FindProgram(program)!, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // npm, ONNX Runtime and Chromium leave files behind.
        using var temporary = new TemporaryFolder();
        start.Environment["TMPDIR"] = temporary.Path;
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        using Process process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(NoRegistry().IsMatch(error.Result), "needs a package registry, and none answers");
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    private static string? FindProgram(params string[] names) =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
         from name in names
         from file in OperatingSystem.IsWindows() ? new[] { $"{name}.exe", $"{name}.cmd" } : [name]
         select Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    [GeneratedRegex("^```js\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("npm (error|ERR!) .*(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET)")]
    private static partial Regex NoRegistry();
}
