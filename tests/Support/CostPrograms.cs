namespace VisualSentiment.Tests.Support;

/// <summary>
/// Programs for <see cref="LibTorch.FreshProcess"/> that measure what reading files costs. Their first two arguments are a harmless file
/// and a folder of files to be measured.
/// </summary>
internal static class CostPrograms
{
    private const string Usage = """
        static double Megabytes(string name) => long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(name + ":"))
            .Split(':')[1].Replace("kB", "")) / 1024.0;
        static void Collect()
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }
        }

        """;

    /// <summary>Writes a line per file: its name, its peak memory above rest in MB, and its seconds of CPU.</summary>
    /// <param name="setup">Statements before anything is read.</param>
    /// <param name="read">Statements that read the <c>file</c>.</param>
    public static string CostOfEach(string setup, string read) => setup + Read(read) + """
        for (int i = 0; i < 50; i++)
            Read(args[0]);
        foreach (string file in Directory.GetFiles(args[1]))
        {
            Collect();
            File.WriteAllText("/proc/self/clear_refs", "5");
            double rest = Megabytes("VmRSS");
            var before = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime;
            Read(file);
            var cpu = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime - before;
            Console.WriteLine(FormattableString.Invariant($"{Path.GetFileName(file)} {Megabytes("VmHWM") - rest:F0} {cpu.TotalSeconds:F2}"));
        }

        """ + Usage;

    /// <summary>Reads 500 files on eight threads, and writes the memory in MB by which the process has grown.</summary>
    /// <inheritdoc cref="CostOfEach" path="/param"/>
    public static string Soak(string setup, string read) => setup + Read(read) + """
        string[] files = Directory.GetFiles(args[1]);
        void OnAllThreads(int count, Func<int, string> file)
        {
            int next = -1;
            var threads = Enumerable.Range(0, 8).Select(_ => new System.Threading.Thread(() =>
            {
                for (int i; (i = System.Threading.Interlocked.Increment(ref next)) < count;)
                    Read(file(i));
            })).ToArray();
            foreach (var thread in threads)
                thread.Start();
            foreach (var thread in threads)
                thread.Join();
        }
        OnAllThreads(200, _ => args[0]);
        Collect();
        double rest = Megabytes("VmRSS");
        OnAllThreads(500, i => files[i % files.Length]);
        Collect();
        Console.WriteLine(FormattableString.Invariant($"{Megabytes("VmRSS") - rest:F0}"));

        """ + Usage;

    private static string Read(string statements) => $$"""

        void Read(string file)
        {
            {{statements}}
        }

        """;
}
