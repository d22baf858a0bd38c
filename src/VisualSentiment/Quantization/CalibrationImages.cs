using VisualSentiment.Imaging;

namespace VisualSentiment.Quantization;

/// <summary>Gets the pixels of an image.</summary>
internal delegate ReadOnlySpan<byte> PixelSource(int image);

/// <summary>
/// A sample of images for quantization: some to determine ranges, some to measure the accuracy loss. At most 512 images
/// (77 MB) are stored in a temporary file, because a process may have many students without quantizing any; the file is
/// deleted with this object or with the process.
/// </summary>
internal sealed class CalibrationImages : IDisposable
{
    /// <summary>Ranges are stable after some dozens of images; in accuracy, one of 384 images is a quarter of a point.</summary>
    private const int MaxRangeImages = 128, MaxAccuracyImages = 384;

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
        // On Unix, an unlinked file disappears even if the process is killed.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>The images that determine ranges.</summary>
    public IReadOnlyList<int> RangeImages { get; private set; } = [];

    /// <summary>The images on which the accuracy loss is measured.</summary>
    public IReadOnlyList<int> AccuracyImages { get; private set; } = [];

    /// <summary>The class of each image; negative if unknown.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Stores a sample with all classes in proportion.</summary>
    /// <param name="training">The training images.</param>
    /// <param name="validation">The validation images, on which the accuracy loss is measured; if empty, training images are used.</param>
    /// <param name="labels">The class of each image; negative if unknown.</param>
    /// <param name="pixels">Gets the pixels of an image; called in ascending order.</param>
    public static CalibrationImages Keep(
        IReadOnlyList<int> training, IReadOnlyList<int> validation, IReadOnlyList<int> labels, PixelSource pixels)
    {
        int[] rangeImages = Sample(training, labels, MaxRangeImages);
        int[] accuracyImages = validation.Count > 0 ? Sample(validation, labels, MaxAccuracyImages)
            : [.. rangeImages, .. Sample([.. training.Except(rangeImages)], labels, MaxAccuracyImages - MaxRangeImages)];
        var kept = new CalibrationImages();
        try
        {
            var numbers = rangeImages.Union(accuracyImages).Order()
                .ToDictionary(image => image, image => kept.Add(pixels(image), labels[image]));
            kept.RangeImages = [.. rangeImages.Select(image => numbers[image])];
            kept.AccuracyImages = [.. accuracyImages.Select(image => numbers[image])];
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>Copies the pixels of an image. Thread-safe.</summary>
    public void Read(int image, Span<byte> pixels)
    {
        for (int read = 0; read < PixelFormat.ByteCount;)
        {
            int count = RandomAccess.Read(_file.SafeFileHandle, pixels[read..PixelFormat.ByteCount], (long)image * PixelFormat.ByteCount + read);
            read += count > 0 ? count : throw new EndOfStreamException("the file of calibration images is truncated");
        }
    }

    public void Dispose() => _file.Dispose();

    private int Add(ReadOnlySpan<byte> pixels, int label)
    {
        RandomAccess.Write(_file.SafeFileHandle, pixels, (long)_labels.Count * PixelFormat.ByteCount);
        _labels.Add(label);
        return _labels.Count - 1;
    }

    /// <summary>Images evenly spaced in the order of their classes.</summary>
    private static int[] Sample(IReadOnlyList<int> images, IReadOnlyList<int> labels, int max)
    {
        int[] ordered = [.. images.OrderBy(image => labels[image]).ThenBy(image => image)];
        int count = Math.Min(max, ordered.Length);
        return [.. Enumerable.Range(0, count).Select(i => ordered[(int)((long)i * ordered.Length / count)])];
    }
}
