using System.CommandLine;

namespace VisualSentiment.Tool.Commands;

/// <summary>Runs commands: expected exceptions become one message and an exit code.</summary>
internal static class CommandAction
{
    /// <summary>Sets the action of a command, which runs on a thread of the pool and returns an exit code.</summary>
    public static void SetGuardedAction(this Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction((result, cancellation) =>
            Task.Run(() => Run(() => run(result, cancellation)), CancellationToken.None));

    private static int Run(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Canceled.");
            return ExitCode.Canceled;
        }
        catch (InvalidCommandLineException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.InvalidCommandLine;
        }
        // Other exceptions are defects and keep their stack traces.
        catch (Exception e) when (e is VisualSentimentException or ArgumentException or InvalidOperationException
            or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(WithoutParameter(e));
            return ExitCode.Failure;
        }
    }

    private static string WithoutParameter(Exception exception) => exception is ArgumentException { ParamName: { } name }
        ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
}

internal static class ExitCode
{
    public const int Success = 0, Failure = 1, InvalidCommandLine = 2, Canceled = 130;
}

/// <summary>An argument is invalid in a way that only the model or the files show.</summary>
internal sealed class InvalidCommandLineException(string message) : Exception(message);
