using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>The files of the micro-benchmarks: painted images, and students trained on a few of them for one epoch.</summary>
internal sealed class MicroFiles : IDisposable
{
    private const int Photographs = 48;
    private static MicroFiles? _current;
    private readonly string _folder = Directory.CreateTempSubdirectory("visualsentiment-benchmarks-").FullName;

    private MicroFiles()
    {
        string photographs = Path.Combine(_folder, "photographs");
        PhotographFolder.Create(data: null, photographs, Photographs, CancellationToken.None);
        Image = ImageList.Find(photographs)[0];
        using var training = new StudentTraining(new CompetitorSettings { Photographs = photographs, Students = _folder, Rounds = 1 });
        training.Run();
    }

    /// <summary>The files of the current run. BenchmarkDotNet creates the benchmark classes and cannot pass arguments to them.</summary>
    public static MicroFiles Current => _current ?? throw new InvalidOperationException("No micro-benchmarks are running.");

    /// <summary>A JPEG of 640 x 480.</summary>
    public string Image { get; }

    public static MicroFiles Create() => _current = new MicroFiles();

    public string StudentPath(string file) => Path.Combine(_folder, file);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
