using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Prediction;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Packaging;

/// <summary>An application outside the repository that knows the package and nothing else.</summary>
[Collection<PackedLibrary>]
public sealed class StrangerTests(PackedLibrary package) : IDisposable
{
    private const string Program = """
        using System.Globalization;
        using Microsoft.ML;
        using Microsoft.ML.Data;
        using VisualSentiment;

        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<Row, Prediction>(ml.Model.Load(args[0], out _));
        var saved = engine.Predict(new Row { ImagePath = args[1] });
        Print(saved.Emotion, saved.Score.Max());

        using var detector = SentimentDetector.Load(args[0]);
        var seen = detector.Predict(args[1]);
        Print(seen.Emotion, seen.Confidence);

        if (OperatingSystem.IsLinux())
            foreach (string line in File.ReadLines("/proc/self/maps").Where(l => l.Contains("libtorch", StringComparison.OrdinalIgnoreCase)))
                Console.WriteLine($"loaded\t{line}");

        static void Print(string emotion, float confidence) =>
            Console.WriteLine($"predicted\t{emotion}\t{confidence.ToString("R", CultureInfo.InvariantCulture)}");

        sealed class Row
        {
            public string ImagePath { get; set; } = "";
        }

        sealed class Prediction
        {
            public string Emotion { get; set; } = "";
            public float[] Score { get; set; } = [];
        }
        """;

    private const string DetectorProgram = """
        using System.Globalization;
        using VisualSentiment;

        using SentimentDetector detector = SentimentDetector.Load(args[0]);
        SentimentPrediction mood = detector.Predict(args[1]);
        Console.WriteLine($"{mood.Emotion}\t{mood.Confidence.ToString("R", CultureInfo.InvariantCulture)}");
        """;

    // The settings of docs/deployment.md, for the system of the test.
    private static readonly string TrimmedFile = $"""
        <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
        <SelfContained>true</SelfContained>
        <PublishTrimmed>true</PublishTrimmed>
        <PublishSingleFile>true</PublishSingleFile>
        <IncludeNativeLibrariesForSelfExtract>true</IncludeNativeLibrariesForSelfExtract>
        <InvariantGlobalization>true</InvariantGlobalization>
        """;

    private static readonly Lazy<string> GlobalPackages = new(FindGlobalPackages);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_application_with_only_the_package_predicts()
    {
        string model = SaveModel(), image = TestImage.Write(_folder["image.png"], 5), app = WriteApplication(Program);
        using var detector = SentimentDetector.Load(model);
        var expected = detector.Predict(image);

        var build = DotNetCommand.Run(app, "build", "-o", _folder["output"]);
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.DoesNotContain($"VisualSentiment {package.Version} depends on", build.Output); // a lower bound that nobody serves
        var run = DotNetCommand.Run(app, Path.Combine(_folder["output"], "Stranger.dll"), model, image);
        Assert.True(run.ExitCode == 0, run.Output);

        string answer = $"predicted\t{expected.Emotion}\t{expected.Confidence.ToString("R", CultureInfo.InvariantCulture)}";
        Assert.Equal([answer, answer], run.Output.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["output"], "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!),
            name => name.StartsWith("libtorch", StringComparison.Ordinal) || name.Contains("torch_cpu", StringComparison.Ordinal));
    }

    [Fact]
    public void A_trimmed_single_file_predicts()
    {
        string model = _folder["sentiment.onnx"], image = TestImage.Write(_folder["image.png"], 5);
        File.WriteAllBytes(model, ExportedStudent.Create());
        using var detector = SentimentDetector.Load(model);
        SentimentPrediction expected = detector.Predict(image);
        string app = WriteApplication(DetectorProgram, TrimmedFile);

        var publish = DotNetCommand.Run(app, "publish", "-c", "Release", "-o", _folder["output"]);
        Assert.True(publish.ExitCode == 0, publish.Output);
        string executable = OperatingSystem.IsWindows() ? "Stranger.exe" : "Stranger";
        Assert.Equal([executable, "Stranger.pdb"], Directory.GetFiles(_folder["output"]).Select(Path.GetFileName).Order());
        using var run = Process.Start(new ProcessStartInfo(Path.Combine(_folder["output"], executable), [model, image])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = _folder["extracted"] },
        })!;
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();

        Assert.Equal($"{expected.Emotion}\t{expected.Confidence.ToString("R", CultureInfo.InvariantCulture)}", output.TrimEnd());
    }

    [Fact]
    public void The_guide_shows_the_settings_of_the_trimmed_file()
    {
        string guide = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot(), "docs", "deployment.md"));
        Assert.All(TrimmedFile.Split('\n').Skip(1), line => Assert.Contains(line.Trim(), guide, StringComparison.Ordinal));
    }

    private string SaveModel()
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = TestImage.Write(_folder["first.png"], 1) }]);
        using var transformer = new SentimentTransformer(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);
        var chain = new ReadyMadeEstimator(transformer).Append(ml.Transforms.Conversion.MapKeyToValue("Emotion", "PredictedLabel"));
        ml.Model.Save(chain.Fit(data), data.Schema, _folder["model.zip"]);
        return _folder["model.zip"];
    }

    private string WriteApplication(string program, string properties = "")
    {
        File.WriteAllText(_folder["app/Program.cs"], program);
        // Nothing is inherited from the folders above.
        File.WriteAllText(_folder["app/Directory.Build.props"], """
            <Project>
              <PropertyGroup>
                <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
                <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(_folder["app/nuget.config"], $"""
            <configuration>
              <packageSources>
                <add key="packed-for-this-test" value="{package.Feed}" />
              </packageSources>
            </configuration>
            """);
        File.WriteAllText(_folder["app/Stranger.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <!-- What is already on this machine is used where it lies; what is new goes with the test's folder. -->
                <RestoreFallbackFolders>{GlobalPackages.Value}</RestoreFallbackFolders>
                <RestorePackagesPath>{_folder["packages"]}</RestorePackagesPath>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="VisualSentiment" Version="[{package.Version}]" />
              </ItemGroup>
            </Project>
            """);
        return Path.Combine(_folder.Path, "app");
    }

    private static string FindGlobalPackages()
    {
        const string Label = "global-packages: ";
        string output = DotNetCommand.Run(AppContext.BaseDirectory, "nuget", "locals", "global-packages", "--list").Output;
        return output[(output.IndexOf(Label, StringComparison.Ordinal) + Label.Length)..].Trim();
    }
}
