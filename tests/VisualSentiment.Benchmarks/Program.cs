using System.Text;
using VisualSentiment.Benchmarks;
using VisualSentiment.Benchmarks.Fuzzing;
using VisualSentiment.Benchmarks.Processes;

const int BadUsage = 2;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
if (args is [WorkerHost.Flag, var competitor, var settings])
    return WorkerHost.Serve(competitor, settings);
if (args is [FuzzHost.Flag, ..])
    return FuzzHost.Serve(args[1..]);
var commandLine = RunnerCommand.Create().Parse(args);
int exitCode = commandLine.Invoke(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return commandLine.Errors.Count > 0 ? BadUsage : exitCode;
