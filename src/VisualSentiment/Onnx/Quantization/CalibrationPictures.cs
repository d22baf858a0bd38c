using VisualSentiment.Imaging;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>Gives the pixels of a picture.</summary>
internal delegate ReadOnlySpan<byte> PixelSource(int picture);

/// <summary>
/// A sample of pictures that quantisation looks at: some for the ranges of what the student computes, some to see what it
/// costs. At most 512 pictures, 77 MB, kept in a temporary file rather than in memory, since a process may hold many students
/// and quantise none; the file disappears with this object, or with the process.
/// </summary>
internal sealed class CalibrationPictures : IDisposable
{
    /// <summary>Ranges settle within some dozens of pictures; to compare accuracies, a picture of 384 is a quarter of a point.</summary>
    private const int MostForRanges = 128, MostForCheck = 384;

    private readonly FileStream _file;
    private readonly List<int> _labels = [];

    private CalibrationPictures()
    {
        string path = Path.Combine(Path.GetTempPath(), $"visualsentiment-{Path.GetRandomFileName()}.calibration");
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
        });
        // Where an open file can lose its name, it leaves nothing behind even if the process is killed.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>The pictures that ranges come from.</summary>
    public IReadOnlyList<int> ForRanges { get; private set; } = [];

    /// <summary>The pictures on which the quantised student is compared with the float one.</summary>
    public IReadOnlyList<int> ForCheck { get; private set; } = [];

    /// <summary>The class of each picture; negative where it is not known.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Keeps a sample with all classes in proportion.</summary>
    /// <param name="training">Pictures that were trained on.</param>
    /// <param name="validation">Pictures that were not, on which the check is made; where there are none, training pictures.</param>
    /// <param name="labels">The class of each picture; negative where it is not known.</param>
    /// <param name="pixels">Gives the pixels of a picture; asked in ascending order.</param>
    public static CalibrationPictures Keep(IReadOnlyList<int> training, IReadOnlyList<int> validation, IReadOnlyList<int> labels, PixelSource pixels)
    {
        int[] forRanges = Sample(training, labels, MostForRanges);
        int[] forCheck = validation.Count > 0 ? Sample(validation, labels, MostForCheck)
            : [.. forRanges, .. Sample([.. training.Except(forRanges)], labels, MostForCheck - MostForRanges)];
        var kept = new CalibrationPictures();
        try
        {
            var numbers = forRanges.Union(forCheck).Order().ToDictionary(picture => picture, picture => kept.Add(pixels(picture), labels[picture]));
            kept.ForRanges = [.. forRanges.Select(picture => numbers[picture])];
            kept.ForCheck = [.. forCheck.Select(picture => numbers[picture])];
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>Copies the pixels of a kept picture. Thread-safe.</summary>
    public void Read(int picture, Span<byte> pixels)
    {
        for (int read = 0; read < PixelFormat.ByteCount;)
        {
            int count = RandomAccess.Read(_file.SafeFileHandle, pixels[read..PixelFormat.ByteCount], (long)picture * PixelFormat.ByteCount + read);
            read += count > 0 ? count : throw new EndOfStreamException("the calibration pictures end early");
        }
    }

    public void Dispose() => _file.Dispose();

    private int Add(ReadOnlySpan<byte> pixels, int label)
    {
        RandomAccess.Write(_file.SafeFileHandle, pixels, (long)_labels.Count * PixelFormat.ByteCount);
        _labels.Add(label);
        return _labels.Count - 1;
    }

    /// <summary>At most so many, evenly spaced in the order of their classes.</summary>
    private static int[] Sample(IReadOnlyList<int> pictures, IReadOnlyList<int> labels, int most)
    {
        int[] ordered = [.. pictures.OrderBy(picture => labels[picture]).ThenBy(picture => picture)];
        int count = Math.Min(most, ordered.Length);
        return [.. Enumerable.Range(0, count).Select(i => ordered[(int)((long)i * ordered.Length / count)])];
    }
}
