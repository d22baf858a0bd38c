using VisualSentiment;

// Predicts the emotion that images evoke, one line per image. The tool `visualsentiment predict` has more options.
if (args is not [var model, .. { Length: > 0 } paths])
{
    Console.Error.WriteLine("Usage: Predict MODEL IMAGE-OR-FOLDER...");
    return 2;
}
try
{
    IEnumerable<string> images = paths.SelectMany(path =>
        Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal).ToArray() : [path]);
    using SentimentDetector detector = SentimentDetector.Load(model);
    bool allRead = true;
    foreach (ImageResult result in detector.PredictMany(images))
    {
        allRead &= result.IsPredicted;
        if (result.IsPredicted)
            Console.WriteLine(FormattableString.Invariant(
                $"{result.Name}\t{result.Prediction.Emotion}\t{result.Prediction.Confidence:F3}"));
        else
            Console.Error.WriteLine(result.Error.Message);
    }
    return allRead ? 0 : 1;
}
catch (Exception e) when (e is VisualSentimentException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
