using System.Diagnostics;

namespace WebDetector;

/// <summary>The training of a model by the sample Distill, in a process of its own.</summary>
internal sealed partial class ModelTraining(
    TrainingCommand command, ModelSettings model, ILogger<ModelTraining> logger, IHostApplicationLifetime lifetime)
    : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task _run = Task.CompletedTask;

    public TrainingState State { get; private set; } = new(TrainingPhase.None);

    /// <returns>Whether the training was started; false if one is in progress.</returns>
    public bool TryStart()
    {
        lock (_gate)
        {
            if (State.Phase == TrainingPhase.Running)
                return false;
            State = new(TrainingPhase.Running, "Starting");
            _run = RunAsync();
        }
        return true;
    }

    /// <summary>Waits until the process has ended, which the stop of the application kills.</summary>
    public async ValueTask DisposeAsync() => await _run;

    private async Task RunAsync()
    {
        string output = Directory.CreateTempSubdirectory("webdetector-").FullName;
        try
        {
            var start = command.Create!(output);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            using Process process = Process.Start(start)!;
            using var stopping = lifetime.ApplicationStopping.Register(() => process.Kill(entireProcessTree: true));
            Task<string> errors = process.StandardError.ReadToEndAsync();
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                if (line.Length > 0)
                    State = new(TrainingPhase.Running, line);
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException(
                    $"The training ended with exit code {process.ExitCode}: {await errors}");
            // A rename within a folder is atomic, so the detector never reads a part of the file.
            Directory.CreateDirectory(Path.GetDirectoryName(model.Path)!);
            File.Copy(Path.Combine(output, "sentiment.onnx"), model.Path + ".new", overwrite: true);
            File.Move(model.Path + ".new", model.Path, overwrite: true);
            State = new(TrainingPhase.Done);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException
            or System.ComponentModel.Win32Exception)
        {
            LogFailure(logger, e);
            State = new(TrainingPhase.Failed, e.Message);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The training of a model failed.")]
    private static partial void LogFailure(ILogger logger, Exception exception);
}

internal enum TrainingPhase
{
    None,
    Running,
    Done,
    Failed,
}

/// <summary>The phase of the training, and its last line of output or its error.</summary>
internal sealed record TrainingState(TrainingPhase Phase, string? Message = null);

/// <summary>The program that trains a model.</summary>
/// <param name="Create">
/// Returns the process that writes <c>sentiment.onnx</c> into a folder; null if the application is not in the
/// repository.
/// </param>
internal sealed record TrainingCommand(Func<string, ProcessStartInfo>? Create)
{
    public static TrainingCommand Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string project = Path.Combine(folder.FullName, "samples", "Distill", "Distill.csproj");
            if (File.Exists(project))
                return new(output =>
                    new("dotnet", ["run", "-c", "Release", "--project", project, "--", "--output", output]));
        }
        return new((Func<string, ProcessStartInfo>?)null);
    }
}
