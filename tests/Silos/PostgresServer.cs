using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VisualSentiment.Tests.Silos;

/// <summary>A PostgreSQL server with its data in a temporary folder, on localhost.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string NotInstalled = "PostgreSQL is not installed (Debian: apt install postgresql).";

    // PostgreSQL refuses to run as root.
    private const string User = "postgres";

    private static readonly string? Programs = FindPrograms();

    private readonly string _folder = Directory.CreateTempSubdirectory("postgresql-").FullName;
    private readonly int _port = FreePort();
    private int _databases;

    private PostgresServer()
    {
    }

    public static bool IsInstalled => Programs is not null;

    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        if (!IsInstalled)
            throw new InvalidOperationException(NotInstalled);
        PostgresServer server = new();
        await server.InitializeAsync();
        return server;
    }

    /// <summary>The connection string of the database that the server begins with.</summary>
    public string ConnectionString => ConnectionTo(User);

    private string Data => Path.Combine(_folder, "data");

    private string Log => Path.Combine(_folder, "log");

    /// <summary>Creates an empty database, and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        string connection = ConnectionTo(name);
        await RunAsync("createdb", "--host", "127.0.0.1", "--port", $"{_port}", "--username", User, name);
        return connection;
    }

    /// <summary>Stops the server and starts it again. All connections break.</summary>
    /// <param name="immediate">Whether the server stops as in a crash, and recovers when it starts.</param>
    /// <param name="outage">How long the server is down, beside the time to stop and start.</param>
    public async Task Restart(bool immediate, TimeSpan outage = default)
    {
        await StopAsync(immediate);
        await Task.Delay(outage);
        await RunAsync("pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(_folder))
            return;
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await StopAsync(immediate: false);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task InitializeAsync()
    {
        try
        {
            LetUserIn();
            await RunAsync("initdb", "--pgdata", Data, "--username", User, "--auth", "trust", "--encoding", "UTF8",
                "--no-locale", "--no-sync");
            // A crash of the server loses nothing with these settings. A crash of the system may.
            await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"),
            [
                "listen_addresses = '127.0.0.1'", $"port = {_port}", "unix_socket_directories = ''",
                "fsync = off", "full_page_writes = off",
            ]);
            await RunAsync("pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Log);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private Task StopAsync(bool immediate) =>
        RunAsync("pg_ctl", "stop", "--wait", "--pgdata", Data, "--mode", immediate ? "immediate" : "fast");

    private string ConnectionTo(string database) =>
        $"Host=127.0.0.1;Port={_port};Username={User};Database={database}";

    // The folder belongs to the user that runs the server, and the folders of the tests above it are open to root only.
    private void LetUserIn()
    {
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
            return;
        string temporary = Path.GetTempPath();
        File.SetUnixFileMode(temporary, File.GetUnixFileMode(temporary) | UnixFileMode.OtherExecute);
        using Process chown = Process.Start("chown", [User, _folder]);
        chown.WaitForExit();
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs!, program);
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new("runuser", ["-u", User, "--", path, .. arguments])
            : new(path, arguments);
        start.WorkingDirectory = _folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            string log = File.Exists(Log) ? await File.ReadAllTextAsync(Log) : "";
            throw new InvalidOperationException($"{path} failed: {await output}{await error}{log}");
        }
    }

    private static string? FindPrograms()
    {
        // Debian keeps the server's programs out of the PATH.
        const string Versions = "/usr/lib/postgresql";
        IEnumerable<string> debian = Directory.Exists(Versions)
            ? Directory.GetDirectories(Versions).Select(folder => Path.Combine(folder, "bin"))
            : [];
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    // Not one of the ports that the system gives to outgoing connections, which could take it during a restart.
    private static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(20_000, 30_000);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
            }
        }
    }
}
