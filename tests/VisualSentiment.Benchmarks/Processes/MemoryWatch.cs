using System.Globalization;

namespace VisualSentiment.Benchmarks.Processes;

/// <summary>Measures the memory of another process a hundred times per second, on Linux.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly string _status;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _done = new();
    private long _anonymous;
    private long _resident;

    public MemoryWatch(int process)
    {
        _status = $"/proc/{process}/status";
        _thread = new Thread(Watch) { IsBackground = true, Name = nameof(MemoryWatch) };
        _thread.Start();
    }

    public MemoryPeak Peak => new(Interlocked.Read(ref _anonymous), Interlocked.Read(ref _resident));

    public void Dispose()
    {
        _done.Set();
        _thread.Join();
        _done.Dispose();
    }

    private void Watch()
    {
        while (!_done.Wait(TimeSpan.FromMilliseconds(10)))
        {
            try
            {
                string[] lines = File.ReadAllLines(_status);
                Interlocked.Exchange(ref _anonymous, Math.Max(_anonymous, Read(lines, "RssAnon:")));
                Interlocked.Exchange(ref _resident, Math.Max(_resident, Read(lines, "VmHWM:")));
            }
            catch (IOException)
            {
                return; // the process has ended
            }
        }
    }

    // "RssAnon:	  123456 kB"
    private static long Read(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture)
            : 0;
}
