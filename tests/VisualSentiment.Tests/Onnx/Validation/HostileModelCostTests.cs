using System.Globalization;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx.Validation;

/// <summary>What models cost at most that are made to cost much.</summary>
[Collection<ProcessState>]
public sealed class HostileModelCostTests(HostileModelFiles files) : IClassFixture<HostileModelFiles>
{
    private const string ReadImage = "byte[] image = File.ReadAllBytes(args[2]);";

    private const string LoadAndPredict = """
        try
        {
            using var detector = SentimentDetector.Load(file);
            detector.Predict(image);
        }
        catch (InvalidModelException) { }
        """;

    [Fact]
    public void The_most_expensive_students_load()
    {
        Assert.All(Directory.GetFiles(files["hostile"], "accepted*"), file =>
        {
            using var detector = SentimentDetector.Load(file);
            Assert.True(detector.Predict(files["good.png"]).Confidence > 0);
        });
    }

    [Fact]
    public void No_model_takes_more_than_650_MB_or_three_seconds()
    {
        string[] lines = Run(CostPrograms.CostOfEach(ReadImage, LoadAndPredict));

        Assert.Equal(Directory.GetFiles(files["hostile"]).Length, lines.Length);
        Assert.All(lines, line =>
        {
            double[] cost = [.. line.Split(' ')[1..].Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
            Assert.True(cost[0] <= 650 && cost[1] <= 3, $"{line}: MB and seconds");
        });
    }

    [Fact]
    public void Five_hundred_models_on_eight_threads_leave_no_memory_behind()
    {
        double megabytes = double.Parse(Assert.Single(Run(CostPrograms.Soak(ReadImage, LoadAndPredict))), CultureInfo.InvariantCulture);

        Assert.True(megabytes <= 50, $"{megabytes} MB were left");
    }

    [Fact]
    public void A_process_of_1_GiB_survives_all_of_them_and_loads_the_others()
    {
        string[] lines = Run("""
            byte[] image = File.ReadAllBytes(args[2]);
            foreach (string path in Directory.GetFiles(args[1]).Append(args[0]))
                try
                {
                    using var detector = SentimentDetector.Load(path);
                    Console.WriteLine($"{Path.GetFileName(path)} {detector.Predict(image).Emotion.Length > 0}");
                }
                catch (InvalidModelException)
                {
                    Console.WriteLine($"{Path.GetFileName(path)} refused");
                }
            """, maxMegabytes: 1024);

        Assert.Equal(Directory.GetFiles(files["hostile"]).Length + 1, lines.Length);
        Assert.All(lines, line => Assert.Equal(
            line.StartsWith("accepted", StringComparison.Ordinal) || line.StartsWith("student.onnx", StringComparison.Ordinal) ? "True" : "refused",
            line.Split(' ')[1]));
    }

    private string[] Run(string program, int? maxMegabytes = null)
    {
        using var process = new FreshProcess(program, FolderLayout.OneSystem, backend: false) { MaxMegabytes = maxMegabytes };
        return process.Run(files["student.onnx"], files["hostile"], files["good.png"]);
    }
}

/// <summary>All hostile models, a harmless one and an image, written once.</summary>
public sealed class HostileModelFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The full path of a file or folder among them.</summary>
    public string this[string name] => _folder[name];

    public HostileModelFiles()
    {
        File.WriteAllBytes(_folder["student.onnx"], ExportedStudent.Create());
        TestImage.Write(_folder["good.png"], 1);
        var files = HostileModels.OnnxFiles.Select(model => ($"{model.Key}.onnx", model.Value.Create))
            .Concat(HostileModels.ZipFiles.Select(model => ($"{model.Key}.zip", model.Value.Create)))
            .Concat(HostileModels.Accepted.Select(model => ($"accepted {model.Key}.onnx", model.Value)));
        foreach (var (name, create) in files)
            File.WriteAllBytes(_folder[$"hostile/{name.Replace(' ', '-').Replace('/', '-')}"], create());
    }

    public void Dispose() => _folder.Dispose();
}
