using System.CommandLine;
using System.Text;
using Predict;
using VisualSentiment;

const int BadImage = 1;
const int BadUsage = 2;

Argument<string> model = new("MODEL") { Description = "A student: an .onnx file, or a .zip file saved with ml.Model.Save." };
Argument<string[]> files = new("FILE-OR-FOLDER")
{
    Description = "Image files, and folders that are searched for images, including subfolders.",
    Arity = ArgumentArity.OneOrMore,
};
foreach (Argument argument in (Argument[])[model, files])
    argument.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-') && !File.Exists(t.Value)))
            result.AddError($"'{token.Value}' is neither an option nor a file.");
    });
Option<bool> json = new("--json")
{
    Description = "Write one JSON object per line: file, emotion, confidence and scores, or file and error.",
};
Option<string?> explain = new("--explain")
{
    Description = "A folder for overlays: every image in gray, with a heat map of the regions that its emotion depends on.",
};
Option<string?> emotion = new("--emotion") { Description = "The emotion of the overlays. [default: the predicted emotion of each image]" };
RootCommand command = new("Predicts the emotion that images evoke, one line per image. "
    + $"Exits with {BadImage} if an image could not be read, with {BadUsage} if the model or the command line is invalid, or if overlays cannot be written.")
{
    model, files, json, explain, emotion,
};
command.Validators.Add(result =>
{
    if (result.GetValue(emotion) is not null && result.GetValue(explain) is null)
        result.AddError("--emotion requires --explain.");
});
command.SetAction(result => Run(result.GetRequiredValue(model), result.GetRequiredValue(files), result.GetValue(json),
    result.GetValue(explain) is { } folder ? new OverlayFolder(folder, result.GetValue(emotion)) : null));

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var commandLine = command.Parse(args);
int exitCode = commandLine.Invoke();
return commandLine.Errors.Count > 0 ? BadUsage : exitCode;

static int Run(string model, string[] files, bool json, OverlayFolder? overlays)
{
    IReport report = json ? new JsonReport(Console.Out) : new TextReport(Console.Out, Console.Error);
    try
    {
        IEnumerable<string> images = ImageFiles.Find(files);
        using SentimentDetector detector = SentimentDetector.Load(model);
        bool allRead = overlays?.Explain(detector, images, report) ?? Predict(detector, images, report);
        return allRead ? 0 : BadImage;
    }
    catch (Exception e) when (e is VisualSentimentException or ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(e.Message);
        return BadUsage;
    }
}

static bool Predict(SentimentDetector detector, IEnumerable<string> images, IReport report)
{
    bool allRead = true;
    foreach (var result in detector.PredictMany(images))
    {
        if (result.IsPredicted)
            report.Write(result.Name, result.Prediction);
        else
            report.Write(result.Name, result.Error);
        allRead &= result.IsPredicted;
        Console.Out.Flush();
    }
    return allRead;
}
