using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace VisualSentiment.Teaching;

/// <summary>
/// The feature maps [P, D] of training pictures, in half precision in a file without a name: 125 kB a picture for 1,280
/// channels at 7 x 7, and in RAM what fits. Their means [D] stay in memory.
/// </summary>
internal sealed class FeatureMaps(int positions, int depth) : IDisposable
{
    private readonly FileStream _file = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = 0,
        Options = FileOptions.DeleteOnClose,
    });

    private readonly Dictionary<int, (int Place, float[] Mean)> _pictures = [];

    public int Positions => positions;

    public int Depth => depth;

    private int RecordBytes => positions * depth * 2;

    public void Add(int picture, ReadOnlySpan<float> map)
    {
        Half[] halves = new Half[map.Length];
        TensorPrimitives.ConvertToHalf(map, halves);
        RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes<Half>(halves), (long)_pictures.Count * RecordBytes);
        _pictures.Add(picture, (_pictures.Count, RegionHead.Mean(map, depth)));
    }

    /// <summary>The mean over positions, the embedding [D].</summary>
    public float[] MeanOf(int picture) => _pictures[picture].Mean;

    /// <summary>The maps [pictures, P, D].</summary>
    public float[] Read(ReadOnlySpan<int> pictures)
    {
        float[] maps = new float[pictures.Length * positions * depth];
        byte[] record = new byte[RecordBytes];
        for (int i = 0; i < pictures.Length; i++)
        {
            if (RandomAccess.Read(_file.SafeFileHandle, record, (long)_pictures[pictures[i]].Place * RecordBytes) != RecordBytes)
                throw new IOException($"The file of feature maps '{_file.Name}' is shorter than what was written to it.");
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(record), maps.AsSpan(i * positions * depth, positions * depth));
        }
        return maps;
    }

    public void Dispose() => _file.Dispose();
}
