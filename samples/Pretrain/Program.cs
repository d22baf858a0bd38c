using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment;

// Repeats the pretraining of the weights that the package contains, on any folder of images.
if (args is not [var folder, var output, ..] || args.Length > 3 || folder.StartsWith('-'))
{
    Console.Error.WriteLine("Usage: Pretrain IMAGES OUTPUT.safetensors [compact | compact-small]");
    return 2;
}
Student? student = args.ElementAtOrDefault(2) switch
{
    null or "compact" => Students.Compact.FromScratch(),
    "compact-small" => Students.CompactSmall.FromScratch(),
    _ => null,
};
if (student is null)
{
    Console.Error.WriteLine($"'{args[2]}' is not a student; use compact or compact-small.");
    return 2;
}
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var ml = new MLContext(seed: 1);
ml.Log += (_, e) =>
{
    if (e.Kind >= ChannelMessageKind.Warning)
        Console.Error.WriteLine(e.Message);
};
try
{
    // The options that the package's weights were made with are the defaults. A run that is stopped can be repeated, and
    // continues after the last finished epoch.
    Student pretrained = ml.MulticlassClassification.PretrainStudent(ml.Data.LoadUnlabeledImages(folder), new()
    {
        Teacher = Teachers.ResNet18(),
        Student = student,
        CacheFolder = $"{output}.cache",
        CacheLimit = 64L << 30,
        CheckpointFolder = $"{output}.checkpoint",
        Progress = TrainingProgress.ToConsole(),
        CancellationToken = stop.Token,
    });
    pretrained.SaveWeights(output);
    Console.WriteLine($"Written: {output}. Use it with student.WithWeights(\"{output}\").");
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Canceled. Run the same command again to continue.");
    return 1;
}
catch (Exception e) when (e is VisualSentimentException or ArgumentException or InvalidOperationException
    or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
