using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Distill;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment;

// Distills a student from few labeled and many unlabeled images, and compares it with the same student on labels only.
Option<string?> data = new("--data") { Description = "A folder with one subfolder of images per class. [default: synthetic images]" };
Option<string?> unlabeled = new("--unlabeled") { Description = "A folder of images without labels." };
Option<string> recipe = new("--recipe") { Description = "fast, balanced or accurate.", DefaultValueFactory = _ => "fast" };
recipe.AcceptOnlyFromAmong("fast", "balanced", "accurate");
Option<int> seed = new("--seed") { Description = "The seed of images, split and training.", DefaultValueFactory = _ => 1 };
Option<string> output = new("--output") { Description = "The folder for models and reports.", DefaultValueFactory = _ => Path.Combine("output", "distill") };
Option<string?> cache = new("--cache") { Description = "A folder that keeps decoded images and teacher outputs for later runs." };
RootCommand command = new("Distills a small student from a pretrained teacher.") { data, unlabeled, recipe, seed, output, cache };
command.SetAction((result, cancellation) => Task.FromResult(Run(new(result.GetValue(data), result.GetValue(unlabeled),
    result.GetRequiredValue(recipe), result.GetValue(seed), result.GetRequiredValue(output), result.GetValue(cache)), cancellation)));
ParseResult commandLine = command.Parse(args);
int exitCode = await commandLine.InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return commandLine.Errors.Count > 0 ? 2 : exitCode;

static int Run(Settings settings, CancellationToken cancellation)
{
    try
    {
        Distill(settings, cancellation);
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Canceled.");
        return 130;
    }
    catch (Exception e) when (e is VisualSentimentException or ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }
}

static void Distill(Settings settings, CancellationToken cancellation)
{
    var clock = Stopwatch.StartNew();
    var ml = new MLContext(settings.Seed);
    var (train, test, more) = LoadImages(ml, settings);
    KnowledgeDistillationOptions options = (settings.Recipe switch
    {
        "fast" => DistillationRecipes.Fast,
        "balanced" => DistillationRecipes.Balanced,
        _ => DistillationRecipes.Accurate,
    }) with
    {
        Unlabeled = more is null ? null : new UnlabeledImages(more),
        CacheFolder = settings.Cache,
        Progress = TrainingProgress.ToConsole(),
        CancellationToken = cancellation,
    };

    if (settings.Data is null) // Two views, so that the sample takes less than three minutes on two cores.
        options = options with { Augmentation = options.Augmentation! with { Views = 2 } };

    Console.WriteLine("Teacher: ResNet-18");
    using TeacherTransformer teacher = ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
    {
        Teacher = Teachers.ResNet18(), CacheFolder = settings.Cache, Progress = options.Progress, CancellationToken = cancellation,
    }).Fit(train);
    Console.WriteLine($"Distilled student: {options.Student.Name}");
    using SentimentTransformer student =
        ml.Transforms.DistillSentiment(options with { Teacher = Teachers.FromModel(teacher) }).Fit(train);
    Console.WriteLine("The same student on labels only, from random weights");
    using SentimentTransformer random = FitLabelsOnly(ml, train, options.LabelsOnly(pretrained: false) with { Progress = null });
    Console.WriteLine("The same student on labels only, from the same pretrained weights");
    using SentimentTransformer pretrained = FitLabelsOnly(ml, train, options.LabelsOnly() with { Progress = null });

    Console.WriteLine("Evaluating");
    DistillationReport report = ml.MulticlassClassification.EvaluateDistillation(
        test, student, teacher, random, pretrainedHardLabelStudent: pretrained);
    Directory.CreateDirectory(settings.Output);
    string onnx = Path.Combine(settings.Output, "sentiment.onnx"), teacherOnnx = Path.Combine(settings.Output, "teacher.onnx");
    student.SaveAsOnnx(onnx);
    teacher.SaveAsOnnx(teacherOnnx);
    ml.Model.Save(student, train.Schema, Path.Combine(settings.Output, "sentiment.zip"));
    string[] images = [.. test.GetColumn<string>("ImagePath").Take(12)];
    report.SaveAsHtml(Path.Combine(settings.Output, "report.html"), new HtmlReportOptions
    {
        Title = $"Emotion report: {Path.GetFileName(settings.Data ?? "painted moods")}",
        Teacher = Measure(teacherOnnx, images) with { Name = teacher.Name, Parameters = teacher.Parameters },
        Student = Measure(onnx, images) with
        {
            Name = options.Student.Name, Parameters = options.Student.CountParameters(student.Classes.Count).Trainable,
        },
        Settings = new Dictionary<string, string> { ["seed"] = $"{settings.Seed}", ["duration"] = $"{clock.Elapsed:m\\:ss}" },
    });
    ReportFile.Write(Path.Combine(settings.Output, "report.json"), report, settings.Seed);
    Console.WriteLine($"{Environment.NewLine}{report.ToMarkdown()}");
    Console.WriteLine($"Written to {settings.Output}: sentiment.onnx, sentiment.zip, teacher.onnx, report.html, report.json");
}

// The size of a model, and the median time from an image file to a prediction.
static ModelCost Measure(string model, string[] images)
{
    using SentimentDetector detector = SentimentDetector.Load(model);
    double[] times = [.. images.Select(image =>
    {
        long start = Stopwatch.GetTimestamp();
        detector.Predict(image);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }).Order()];
    return new ModelCost { FileBytes = new FileInfo(model).Length, MillisecondsPerImage = times[times.Length / 2] };
}

// The number of epochs that is best on a quarter of the images, and then all images.
static SentimentTransformer FitLabelsOnly(MLContext ml, IDataView train, KnowledgeDistillationOptions options)
{
    int best = 0;
    double highest = -1;
    foreach (int epochs in (int[])[10, 30])
    {
        using SentimentTransformer trial = ml.Transforms.DistillSentiment(options with { Epochs = epochs, ValidationFraction = 0.25 }).Fit(train);
        double accuracy = trial.History[^1].ValidationAccuracy!.Value;
        Console.WriteLine(FormattableString.Invariant($"  {epochs} epochs: accuracy {accuracy:P0} on a quarter of the labeled images"));
        if (accuracy >= highest)
            (best, highest) = (epochs, accuracy);
    }
    return ml.Transforms.DistillSentiment(options with { Epochs = best }).Fit(train);
}

static (IDataView Train, IDataView Test, IDataView? Unlabeled) LoadImages(MLContext ml, Settings settings)
{
    if (settings.Data is not null)
    {
        var split = ml.Data.StratifiedSplit(ml.Data.LoadImageFolder(settings.Data), testFraction: 0.2);
        IDataView? more = settings.Unlabeled is null ? null : ml.Data.LoadUnlabeledImages(settings.Unlabeled);
        if (more?.GetColumn<string>("ImagePath").Intersect(split.TestSet.GetColumn<string>("ImagePath")).FirstOrDefault() is { } tested)
            throw new ArgumentException($"--unlabeled contains test images, such as '{tested}'; use a folder without images of --data.");
        return (split.TrainSet, split.TestSet, more);
    }
    // Few labels and many images without labels are the situation in which distillation pays.
    string folder = Path.Combine(settings.Output, "moods");
    Console.WriteLine($"Painting images in {MoodPainter.Moods.Count} moods: {folder}");
    foreach (var (name, perMood, seed) in (ReadOnlySpan<(string, int, int)>)[("labeled", 15, 1), ("unlabeled", 100, 2), ("test", 80, 3)])
        MoodPainter.Paint(Path.Combine(folder, name), perMood, settings.Seed * 10 + seed);
    return (ml.Data.LoadImageFolder(Path.Combine(folder, "labeled")), ml.Data.LoadImageFolder(Path.Combine(folder, "test")),
        ml.Data.LoadUnlabeledImages(settings.Unlabeled ?? Path.Combine(folder, "unlabeled")));
}

internal sealed record Settings(string? Data, string? Unlabeled, string Recipe, int Seed, string Output, string? Cache);
