using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Personalize;
using VisualSentiment;

// Trains a classifier of your own classes from about 20 images per class, starting from the pretrained student.
const int ImagesPerClass = 40; // Half of them are test images.
if (args.Length > 2 || args.Any(argument => argument.StartsWith('-')))
{
    Console.Error.WriteLine("Usage: Personalize [IMAGES [OUTPUT]]");
    Console.Error.WriteLine("IMAGES has one subfolder of images per class. Without it, landscapes are painted.");
    return 2;
}
string output = args.ElementAtOrDefault(1) ?? Path.Combine("output", "personalize");
string onnx = Path.Combine(output, "student.onnx"), weights = Path.Combine(output, "student.safetensors");
try
{
    string folder = args.ElementAtOrDefault(0) ?? Path.Combine(output, "images");
    if (args.Length == 0)
        Landscapes.Paint(folder, ImagesPerClass, seed: 1);
    var ml = new MLContext(seed: 1);
    var split = ml.Data.StratifiedSplit(ml.Data.LoadImageFolder(folder), testFraction: 0.5);

    var clock = Stopwatch.StartNew();
    // With so few images, a teacher adds time and little accuracy (docs/personalize.md). An epoch has only three steps.
    using SentimentTransformer model = ml.Transforms.DistillSentiment(DistillationRecipes.Fast.LabelsOnly() with
    {
        Epochs = 30, Progress = TrainingProgress.ToConsole(),
    }).Fit(split.TrainSet);
    Console.WriteLine($"Trained {string.Join(", ", model.Classes)} in {clock.Elapsed.TotalSeconds:F0} s.");

    DistillationReport report = ml.MulticlassClassification.EvaluateDistillation(split.TestSet, model);
    var accuracy = report.Student.Accuracy;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"Accuracy on images that were not trained on: {accuracy.Value:P0} ")
        + string.Create(CultureInfo.InvariantCulture, $"(95% interval {accuracy.Lower:P0} to {accuracy.Upper:P0})"));

    Directory.CreateDirectory(output);
    model.SaveAsOnnx(onnx, new OnnxExportOptions { WriteLabels = true });
    model.Student!.SaveWeights(weights); // To start from when a class is added.
    Console.WriteLine($"Written to {output}: student.onnx, labels.json, student.safetensors");

    using SentimentDetector detector = SentimentDetector.Load(onnx);
    string[] test = [.. split.TestSet.GetColumn<string>("ImagePath")];
    foreach (string path in test.Where((_, i) => i % (test.Length / 3) == 0))
    {
        SentimentPrediction prediction = detector.Predict(path);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{path}: {prediction.Emotion} ({prediction.Confidence:P0})"));
    }
    return 0;
}
catch (Exception e)
    when (e is VisualSentimentException or ArgumentException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
