using System.CommandLine;
using System.Text;
using Predict;
using VisualSentiment;

const int BadPicture = 1;
const int BadUsage = 2;

Argument<string> model = new("MODEL") { Description = "A student: an .onnx file, or a .zip file saved with ml.Model.Save." };
Argument<string[]> files = new("FILE-OR-FOLDER")
{
    Description = "Pictures, and folders that are searched for pictures, subfolders included.",
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
    Description = "Write one JSON object a line: file, emotion, confidence and scores, or file and error.",
};
Option<string?> explain = new("--explain")
{
    Description = "A folder for overlays: every picture in grey, with the regions that speak for its emotion as heat.",
};
Option<string?> emotion = new("--emotion") { Description = "The emotion of the overlays. [default: the predicted one of each picture]" };
RootCommand command = new("Tells the emotion that pictures evoke, a line a picture. "
    + $"Exits with {BadPicture} if a picture could not be read, with {BadUsage} if the model or the command line is wrong, or overlays cannot be made.")
{
    model, files, json, explain, emotion,
};
command.Validators.Add(result =>
{
    if (result.GetValue(emotion) is not null && result.GetValue(explain) is null)
        result.AddError("--emotion goes with --explain.");
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
        IEnumerable<string> pictures = PictureFiles.Find(files);
        using SentimentDetector detector = SentimentDetector.Load(model);
        bool allRead = overlays?.Explain(detector, pictures, report) ?? Predict(detector, pictures, report);
        return allRead ? 0 : BadPicture;
    }
    catch (Exception e) when (e is ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(e.Message);
        return BadUsage;
    }
}

static bool Predict(SentimentDetector detector, IEnumerable<string> pictures, IReport report)
{
    bool allRead = true;
    foreach (var result in detector.PredictMany(pictures))
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
