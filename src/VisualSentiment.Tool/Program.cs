using System.CommandLine;
using System.Text;
using VisualSentiment.Tool.Commands;

RootCommand root = new("Classifies images by the emotion that they evoke, and trains small classifiers from large "
    + "ones. Exit codes: 0 success, 1 failure or unreadable images, 2 invalid command line, 130 canceled.")
{
    TrainCommand.Create(), EvaluateCommand.Create(), PredictCommand.Create(), ExplainCommand.Create(),
    TagCommand.Create(), WatchCommand.Create(), InfoCommand.Create(), ExportCommand.Create(),
};
root.HelpName = "visualsentiment";

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
ParseResult commandLine = root.Parse(args.Length == 0 ? ["--help"] : args);
if (commandLine.Errors.Count == 0)
    return commandLine.Invoke(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
Console.Error.WriteLine(string.Join(' ', commandLine.Errors.SelectMany(error => error.Message.Split(['\r', '\n', '\t'],
    StringSplitOptions.RemoveEmptyEntries)).Distinct()));
return ExitCode.InvalidCommandLine;
