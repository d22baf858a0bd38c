using System.Globalization;
using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Processes;

namespace VisualSentiment.Benchmarks;

/// <summary>The photographs, students, workers and the temporary folder of a run.</summary>
internal sealed class Workbench : IDisposable
{
    private readonly Lazy<string> _photographs;
    private readonly Lazy<Measurement> _training;
    private readonly Lazy<string> _quickStudents;
    private readonly string _folder = Directory.CreateTempSubdirectory("visualsentiment-benchmarks-").FullName;

    public Workbench(RunnerSettings settings, CancellationToken cancellation)
    {
        Settings = settings;
        Cancellation = cancellation;
        _photographs = new(CreatePhotographs);
        _training = new(TrainStudents);
        _quickStudents = new(TrainQuickStudent);
    }

    public RunnerSettings Settings { get; }

    public BenchmarkSizes Sizes => Settings.Sizes;

    public CancellationToken Cancellation { get; }

    /// <summary>The folder of photographs.</summary>
    public string Photographs => _photographs.Value;

    /// <summary>A description of the photographs.</summary>
    public string PhotographsDescription
    {
        get
        {
            string[] files = ImageList.Find(Photographs);
            double kilobytes = files.Average(file => new FileInfo(file).Length) / 1000;
            string source = FindData() is null ? "painted images" : "photographs";
            return $"{files.Length:N0} {source}, cut and resized to {PhotographFolder.Width} x {PhotographFolder.Height} and encoded again as JPEGs of quality 90, {kilobytes:0} kB on average";
        }
    }

    /// <summary>The result of training the students; their files are in <see cref="StudentFolder"/>.</summary>
    public Measurement Training => _training.Value;

    private string StudentFolder => Path.Combine(_folder, "students");

    /// <summary>Settings for a competitor that needs only photographs.</summary>
    public CompetitorSettings WithPhotographs() => new() { Photographs = Photographs };

    /// <summary>Settings for a competitor that needs a student.</summary>
    public CompetitorSettings WithStudent(string file)
    {
        _ = Training;
        return new() { Photographs = Photographs, Students = StudentFolder, Student = file };
    }

    /// <summary>Settings for a competitor that needs a compact student of any accuracy.</summary>
    public CompetitorSettings WithQuickStudent() => new() { Photographs = Photographs, Students = _quickStudents.Value, Student = StudentFiles.Compact };

    /// <summary>Why a student could not be exported; null if its file exists.</summary>
    public string? WhyMissing(string student)
    {
        string path = WithStudent(student).StudentPath;
        return File.Exists(path) ? null : $"There is no {student}: {File.ReadAllText(StudentFiles.ReasonFor(path))}";
    }

    /// <summary>Starts a competitor in a process of its own.</summary>
    public Worker Start(string competitor, CompetitorSettings settings, int? cores = null) =>
        new(competitor, settings, _folder, cores, Cancellation);

    /// <summary>Creates a folder. It is deleted with the workbench, if the caller has not deleted it.</summary>
    public string CreateFolder() => Directory.CreateDirectory(Path.Combine(_folder, $"files-{Guid.NewGuid():N}")).FullName;

    /// <summary>Prints the progress.</summary>
    public void Log(FormattableString text)
    {
        Cancellation.ThrowIfCancellationRequested();
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string CreatePhotographs()
    {
        string folder = Path.Combine(_folder, "photographs");
        Log($"preparing photographs");
        PhotographFolder.Create(FindData(), folder, Sizes.Photographs, Cancellation);
        return folder;
    }

    private Measurement TrainStudents()
    {
        Directory.CreateDirectory(StudentFolder);
        var settings = new CompetitorSettings { Photographs = Photographs, Students = StudentFolder, Rounds = Sizes.StudentEpochs };
        Log($"training the students, {Sizes.StudentEpochs} epochs each");
        using Worker worker = Start(nameof(StudentTraining), settings);
        return worker.Run();
    }

    private string TrainQuickStudent()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "quick")).FullName;
        using Worker worker = Start(nameof(QuickStudent), new CompetitorSettings { Photographs = Photographs, Students = folder });
        _ = worker.Run();
        return folder;
    }

    private string? FindData()
    {
        if (Settings.Data is not null)
            return Settings.Data;
        string shared = Path.Combine(Repository.Root, "..", "shared", "data", "emotion6");
        return Directory.Exists(shared) ? shared : null;
    }
}
