using VisualSentiment.Imaging;

namespace VisualSentiment.Quantization;

/// <summary>Gives the pixels of an image.</summary>
internal delegate ReadOnlySpan<byte> PixelSource(int image);

/// <summary>
/// A sample of images that quantization looks at: some for the ranges of what the student computes, some to see what it
/// costs. At most 512 images, 77 MB, kept in a temporary file rather than in memory, since a process may hold many students
/// and quantize none; the file disappears with this object, or with the process.
/// </summary>
internal sealed class CalibrationImages : IDisposable
{
    /// <summary>Ranges settle within some dozens of images; to compare accuracies, an image of 384 is a quarter of a point.</summary>
    private const int MostForRanges = 128, MostForCheck = 384;

    private readonly FileStream _file;
    private readonly List<int> _labels = [];

    private CalibrationImages()
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

    /// <summary>The images that ranges come from.</summary>
    public IReadOnlyList<int> ForRanges { get; private set; } = [];

    /// <summary>The images on which the quantized student is compared with the float one.</summary>
    public IReadOnlyList<int> ForCheck { get; private set; } = [];

    /// <summary>The class of each image; negative where it is not known.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Keeps a sample with all classes in proportion.</summary>
    /// <param name="training">Images that were trained on.</param>
    /// <param name="validation">Images that were not, on which the check is made; where there are none, training images.</param>
    /// <param name="labels">The class of each image; negative where it is not known.</param>
    /// <param name="pixels">Gives the pixels of an image; asked in ascending order.</param>
    public static CalibrationImages Keep(IReadOnlyList<int> training, IReadOnlyList<int> validation, IReadOnlyList<int> labels, PixelSource pixels)
    {
        int[] forRanges = Sample(training, labels, MostForRanges);
        int[] forCheck = validation.Count > 0 ? Sample(validation, labels, MostForCheck)
            : [.. forRanges, .. Sample([.. training.Except(forRanges)], labels, MostForCheck - MostForRanges)];
        var kept = new CalibrationImages();
        try
        {
            var numbers = forRanges.Union(forCheck).Order().ToDictionary(image => image, image => kept.Add(pixels(image), labels[image]));
            kept.ForRanges = [.. forRanges.Select(image => numbers[image])];
            kept.ForCheck = [.. forCheck.Select(image => numbers[image])];
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>Copies the pixels of a kept image. Thread-safe.</summary>
    public void Read(int image, Span<byte> pixels)
    {
        for (int read = 0; read < PixelFormat.ByteCount;)
        {
            int count = RandomAccess.Read(_file.SafeFileHandle, pixels[read..PixelFormat.ByteCount], (long)image * PixelFormat.ByteCount + read);
            read += count > 0 ? count : throw new EndOfStreamException("the calibration images end early");
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
    private static int[] Sample(IReadOnlyList<int> images, IReadOnlyList<int> labels, int most)
    {
        int[] ordered = [.. images.OrderBy(image => labels[image]).ThenBy(image => image)];
        int count = Math.Min(most, ordered.Length);
        return [.. Enumerable.Range(0, count).Select(i => ordered[(int)((long)i * ordered.Length / count)])];
    }
}
