using Microsoft.Extensions.Logging;

namespace VisualSentiment.Tool.Screens;

/// <summary>Writes each message of a log as one line of errors. A message that is repeated is written once.</summary>
/// <param name="ignoredEvent">The name of an event that is not written.</param>
internal sealed class ErrorLog(string ignoredEvent) : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private volatile bool _isOn;
    private string? _last;

    /// <summary>Gets or sets whether messages are written. At the start they are not.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => _isOn && logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || eventId.Name == ignoredEvent)
            return;
        string line = $"{formatter(state, exception)} {exception?.Message}".ReplaceLineEndings(" ").TrimEnd();
        lock (_lock)
        {
            if (line == _last)
                return;
            _last = line;
            // A line of another stream would become part of the progress bar.
            if (Screen.IsPlain || Console.IsErrorRedirected)
                Console.Error.WriteLine(line);
            else
                Screen.Warning(line);
        }
    }

    public void Dispose()
    {
    }
}
