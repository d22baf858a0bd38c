using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>The images and students of the micro-benchmarks: painted, and trained for an epoch on a few of them.</summary>
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

    /// <summary>The files of the run that is under way. BenchmarkDotNet makes its classes itself and cannot hand them over.</summary>
    public static MicroFiles Current => _current ?? throw new InvalidOperationException("The micro-benchmarks have not begun.");

    /// <summary>A JPEG of 640 x 480.</summary>
    public string Image { get; }

    public static MicroFiles Create() => _current = new MicroFiles();

    public string StudentPath(string file) => Path.Combine(_folder, file);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
