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
files.Validators.Add(result =>
{
    foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-') && !File.Exists(t.Value)))
        result.AddError($"'{token.Value}' is neither an option nor a file.");
});
Option<bool> json = new("--json")
{
    Description = "Write one JSON object a line: file, emotion, confidence and scores, or file and error.",
};
RootCommand command = new("Tells the emotion that pictures evoke, a line a picture. "
    + $"Exits with {BadPicture} if a picture could not be read, with {BadUsage} if the model or the command line is wrong.")
{
    model, files, json,
};
command.SetAction(result => Run(result.GetRequiredValue(model), result.GetRequiredValue(files), result.GetValue(json)));

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var commandLine = command.Parse(args);
int exitCode = commandLine.Invoke();
return commandLine.Errors.Count > 0 ? BadUsage : exitCode;

static int Run(string model, string[] files, bool json)
{
    SentimentDetector detector;
    try
    {
        detector = SentimentDetector.Load(model);
    }
    catch (InvalidModelException e)
    {
        Console.Error.WriteLine(e.Message);
        return BadUsage;
    }

    bool allRead = true;
    IReport report = json ? new JsonReport(Console.Out) : new TextReport(Console.Out, Console.Error);
    using (detector)
        foreach (var result in detector.PredictMany(PictureFiles.Find(files)))
        {
            if (result.IsPredicted)
                report.Write(result.Name, result.Prediction);
            else
                report.Write(result.Name, result.Error);
            allRead &= result.IsPredicted;
            Console.Out.Flush();
        }
    return allRead ? 0 : BadPicture;
}
