using System.Globalization;
using System.Text.Json;
using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Imaging.TestImages;

namespace VisualSentiment.Tests.Imaging;

/// <summary>What images cost at most that are made to cost much.</summary>
[Collection<ProcessState>]
public class HostileImageTests
{
    private const string Load = "using var detector = SentimentDetector.Load(args[2]);";
    private const string Predict = "try { detector.Predict(file); } catch (UnreadableImageException) { }";

    public static TheoryData<string> RefusedNames => [.. HostileImages.Refused.Select(image => image.Name)];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void An_image_beyond_the_limits_is_rejected_before_memory_is_allocated(string name)
    {
        HostileImage image = HostileImages.Refused.Single(i => i.Name == name);
        byte[] encoded = image.Create();
        long before = GC.GetAllocatedBytesForCurrentThread();

        var e = ReadFails(encoded);

        Assert.Contains(image.Refusal!, e.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void The_reason_has_the_numbers_and_the_way_out()
    {
        Assert.Equal("it is a progressive JPEG of 14,142 x 14,142 pixels that needs 1,158 MB to decode; at most 256 MB are allowed "
            + "(ImageLimits.MaxMemoryBytes)", ReadFails(HostileJpeg.Progressive(14142, HostileJpeg.Rgb, scans: 1)).Reason);
        Assert.Equal("it is a progressive JPEG of 2,000 scans; at most 64 are allowed (ImageLimits.MaxJpegScans)",
            ReadFails(HostileJpeg.Progressive(64, HostileJpeg.Rgb, scans: 2000)).Reason);
        Assert.Equal("it has 65,500 x 65,500 pixels; at most 200,000,000 are allowed (ImageLimits.MaxPixels)",
            ReadFails(HostileJpeg.Baseline(65500, HostileJpeg.Rgb, whole: false)).Reason);
        Assert.Equal("it is a PNG of 1 x 2,000,000 pixels; PNGs of more than 1,000,000 pixels in a row or column cannot be decoded",
            ReadFails(HostilePng.Flat(1, 2_000_000, depth: 8, colorType: 0)).Reason);
    }

    [Fact]
    public void Damaged_structures_are_read_without_an_exception()
    {
        var random = new Random(7);
        foreach (HostileImage image in HostileImages.Small.Where(image => image.Create().Length < 1_000_000))
        {
            byte[] encoded = image.Create();
            for (int i = 0; i < 40; i++)
            {
                byte[] damaged = encoded[..random.Next(1, encoded.Length + 1)];
                for (int changes = random.Next(20); changes > 0; changes--)
                    damaged[random.Next(Math.Min(damaged.Length, 200))] = (byte)random.Next(256);
                Assert.True(DecodingCost.Of(damaged, ImageLimits.Default).HeaderBytes >= 0);
            }
        }
    }

    [Fact]
    public void No_hostile_image_takes_more_than_300_MB_or_three_seconds()
    {
        using var folder = new TemporaryFolder();
        var (model, good) = Write(folder, HostileImages.All);
        using var process = new FreshProcess(CostPrograms.CostOfEach(Load, Predict), FolderLayout.OneSystem, backend: false);

        string[] lines = process.Run(good, folder["hostile"], model);

        Assert.Equal(HostileImages.All.Count(), lines.Length);
        Assert.All(lines, line =>
        {
            double[] cost = [.. line.Split(' ')[1..].Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
            Assert.True(cost[0] <= 300 && cost[1] <= 3, $"{line}: MB and seconds");
        });
    }

    [Fact]
    public void Five_hundred_images_on_eight_threads_leave_no_memory_behind()
    {
        using var folder = new TemporaryFolder();
        var (model, good) = Write(folder, HostileImages.Small);
        using var process = new FreshProcess(CostPrograms.Soak(Load, Predict), FolderLayout.OneSystem, backend: false);

        double megabytes = double.Parse(Assert.Single(process.Run(good, folder["hostile"], model)), CultureInfo.InvariantCulture);

        Assert.True(megabytes <= 50, $"{megabytes} MB were left");
    }

    [Fact]
    public void A_process_of_1_GiB_survives_all_of_them_and_predicts_the_others()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits memory with ulimit");
        using var folder = new TemporaryFolder();
        var (model, good) = Write(folder, HostileImages.All);
        for (int i = 0; i < 5; i++)
            File.Copy(good, folder[$"hostile/{i}-good.png"]);

        var (exitCode, output, error) = SampleProgram.RunLimited(
            1024, SampleProgram.Tool, "predict", folder["hostile"], "--model", model, "--json");

        Assert.True(exitCode == 1, error);
        var lines = output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(HostileImages.All.Count() + 5, lines.Length);
        foreach (JsonElement line in lines)
        {
            string name = Path.GetFileName(line.GetProperty("file").GetString()!);
            if (name.EndsWith("-good.png", StringComparison.Ordinal))
                Assert.True(line.TryGetProperty("emotion", out _), line.ToString());
            else if (HostileImages.Refused.FirstOrDefault(image => image.Name == name) is { } refused)
                Assert.Contains(refused.Refusal!, line.GetProperty("error").GetString()!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_image_for_which_there_is_no_memory_is_that_image_s_error()
    {
        const string Program = """
            ImageLimits.Default = new() { MaxMemoryBytes = int.MaxValue };
            using var detector = SentimentDetector.Load(args[0]);
            foreach (ImageResult result in detector.PredictMany(args[1..], new() { MaxParallelism = 2 }))
                Console.WriteLine(result.IsPredicted ? "predicted" : result.Error.Reason);
            """;
        using var folder = new TemporaryFolder();
        var (model, good) = Write(folder, [new("large.webp", () => HostileWebp.Simple(HostileWebp.OneColor(14142)))]);
        using var process = new FreshProcess(Program, FolderLayout.OneSystem, backend: false) { MaxMegabytes = 1024 };
        string large = folder["hostile/large.webp"];

        string[] lines = process.Run(model, good, large, good, large, good);

        Assert.Equal(["predicted", "out of memory", "predicted", "out of memory", "predicted"], lines);
    }

    private static (string Model, string Good) Write(TemporaryFolder folder, IEnumerable<HostileImage> images)
    {
        File.WriteAllBytes(folder["student.onnx"], ExportedStudent.Create());
        foreach (HostileImage image in images)
            File.WriteAllBytes(folder[$"hostile/{image.Name}"], image.Create());
        return (folder["student.onnx"], TestImage.Write(folder["good.png"], 1));
    }
}
