using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>
/// A safetensors file, mapped into memory: 8 bytes with the length of the header (little endian), the header (JSON), the
/// data. Opening reads the header alone; a tensor's pages are read when it is.
/// Format: https://huggingface.co/docs/safetensors.
/// </summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private const int LengthSize = sizeof(ulong);

    /// <summary>The format's own limit.</summary>
    private const long MaximumHeaderLength = 100_000_000;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _data;
    private bool _disposed;

    /// <exception cref="PretrainedWeightsException">
    /// The file is missing, cut short, damaged, or of element types that are not read.
    /// </exception>
    public SafetensorsFile(string path)
    {
        Path = path;
        try
        {
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read))
            {
                (Tensors, long dataOffset) = ReadHeader(stream);
                _map = MemoryMappedFile.CreateFromFile(
                    stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
                _view = _map.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read);
                byte* start = null;
                _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
                _data = start + _view.PointerOffset + dataOffset;
            }
        }
        catch (InvalidDataException e)
        {
            throw new PretrainedWeightsException(path,
                $"'{path}' is not a usable safetensors file: {e.Message}. Download it again, or convert it with the safetensors package.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PretrainedWeightsException(path, $"Cannot open the weights '{path}': {e.Message}", e);
        }
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>Converts a tensor of floating-point numbers, row by row, to single precision.</summary>
    public void Read(string name, Span<float> destination)
    {
        ReadOnlySpan<byte> bytes = Bytes(name, destination.Length);
        switch (Tensors[name].Type)
        {
            case SafetensorsType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case SafetensorsType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            case SafetensorsType.BF16:
                WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<float, uint>(destination));
                break;
            default:
                throw new InvalidOperationException($"Tensor '{name}' holds {Tensors[name].Type}, not floating-point numbers.");
        }
    }

    /// <summary>Copies a tensor of 64-bit integers.</summary>
    public void Read(string name, Span<long> destination)
    {
        ReadOnlySpan<byte> bytes = Bytes(name, destination.Length);
        if (Tensors[name].Type != SafetensorsType.I64)
            throw new InvalidOperationException($"Tensor '{name}' holds {Tensors[name].Type}, not 64-bit integers.");
        bytes.CopyTo(MemoryMarshal.AsBytes(destination));
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private static (IReadOnlyDictionary<string, SafetensorsTensor> Tensors, long DataOffset) ReadHeader(FileStream stream)
    {
        if (stream.Length < LengthSize)
            throw new InvalidDataException($"it ends too early: {stream.Length} bytes");
        Span<byte> lengthBytes = stackalloc byte[LengthSize];
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        long rest = stream.Length - LengthSize;
        if (length > MaximumHeaderLength)
            throw new InvalidDataException($"its first 8 bytes ask for a header of {length} bytes, and the format allows {MaximumHeaderLength}");
        if ((long)length > rest)
            throw new InvalidDataException($"it ends too early: a header of {length} bytes is announced and {rest} bytes follow");

        byte[] json = new byte[length];
        stream.ReadExactly(json);
        return (SafetensorsHeader.Parse(json, rest - (long)length), LengthSize + (long)length);
    }

    private ReadOnlySpan<byte> Bytes(string name, int elements)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SafetensorsTensor tensor = Tensors[name];
        if (tensor.ByteCount != (long)elements * SafetensorsTensor.SizeOf(tensor.Type))
            throw new ArgumentException($"Tensor '{name}' does not have {elements} elements.", nameof(elements));
        return new ReadOnlySpan<byte>(_data + tensor.Offset, checked((int)tensor.ByteCount));
    }

    /// <summary>A bfloat16 is the upper half of a float.</summary>
    private static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<uint> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> lower, out Vector<uint> upper);
            (lower << 16).CopyTo(destination[i..]);
            (upper << 16).CopyTo(destination[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++)
            destination[i] = (uint)source[i] << 16;
    }
}
