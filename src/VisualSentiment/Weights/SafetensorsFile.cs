using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VisualSentiment.Weights;

/// <summary>
/// A safetensors file: 8 bytes with the length of the header (little-endian), the header (JSON), the data. The
/// constructor reads only the header. Not thread-safe. Format: https://huggingface.co/docs/safetensors.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int LengthSize = sizeof(ulong);

    /// <summary>The limit of the format.</summary>
    private const long MaxHeaderLength = 100_000_000;

    private readonly Stream _stream;
    private readonly long _dataOffset;

    /// <exception cref="PretrainedWeightsException">The file is missing, truncated, damaged, or has unsupported types.</exception>
    public SafetensorsFile(string path) : this(path, Open(path))
    {
    }

    /// <summary>Takes ownership of a stream, which <paramref name="name"/> identifies in messages.</summary>
    /// <inheritdoc cref="SafetensorsFile(string)" path="/exception"/>
    public SafetensorsFile(string name, Stream stream)
    {
        Path = name;
        _stream = stream;
        try
        {
            (Tensors, _dataOffset) = ReadHeader(stream);
        }
        catch (InvalidDataException e)
        {
            stream.Dispose();
            throw new PretrainedWeightsException(name,
                $"'{name}' is not a valid safetensors file: {e.Message}. Download or save it again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream.Dispose();
            throw CannotOpen(name, e);
        }
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>Reads a tensor; floating-point numbers are converted to single precision.</summary>
    /// <exception cref="PretrainedWeightsException">The tensor is larger than the maximum array.</exception>
    public StoredTensor Read(string name)
    {
        SafetensorsTensor tensor = Tensors[name];
        bool isHalf = SafetensorsTensor.SizeOf(tensor.Type) == 2;
        long size = isHalf ? 2 * tensor.ByteCount : tensor.ByteCount;
        if (size > Array.MaxLength)
            throw new PretrainedWeightsException(
                Path, $"Tensor '{name}' of '{Path}' has {size} bytes; the maximum is {Array.MaxLength}.");
        byte[] bytes = new byte[size];
        // Half-precision numbers are read into the second half of the array and converted from the start.
        Span<byte> raw = bytes.AsSpan(bytes.Length - (int)tensor.ByteCount);
        _stream.Position = _dataOffset + tensor.Offset;
        _stream.ReadExactly(raw);
        if (isHalf)
            Widen(MemoryMarshal.Cast<byte, ushort>(raw), MemoryMarshal.Cast<byte, float>(bytes.AsSpan()), tensor.Type);
        return new StoredTensor(tensor.Type == SafetensorsType.I64 ? SafetensorsType.I64 : SafetensorsType.F32, tensor.Shape, bytes);
    }

    public void Dispose() => _stream.Dispose();

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotOpen(path, e);
        }
    }

    private static PretrainedWeightsException CannotOpen(string path, Exception e) =>
        new(path, $"Cannot open the weights '{path}': {e.Message}", e);

    private static (IReadOnlyDictionary<string, SafetensorsTensor> Tensors, long DataOffset) ReadHeader(Stream stream)
    {
        if (stream.Length < LengthSize)
            throw new InvalidDataException($"it is truncated: {stream.Length} bytes");
        Span<byte> lengthBytes = stackalloc byte[LengthSize];
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        long rest = stream.Length - LengthSize;
        if (length > MaxHeaderLength)
            throw new InvalidDataException($"its header has {length} bytes; the maximum is {MaxHeaderLength}");
        if ((long)length > rest)
            throw new InvalidDataException($"it is truncated: its header has {length} bytes, but only {rest} follow");

        byte[] json = new byte[length];
        stream.ReadExactly(json);
        return (SafetensorsHeader.Parse(json, rest - (long)length), LengthSize + (long)length);
    }

    private static void Widen(ReadOnlySpan<ushort> source, Span<float> destination, SafetensorsType type)
    {
        for (int i = 0; i < source.Length; i++)
            destination[i] = type == SafetensorsType.F16
                ? (float)BitConverter.UInt16BitsToHalf(source[i])
                : BitConverter.UInt32BitsToSingle((uint)source[i] << 16); // a bfloat16 is the upper half of a float
    }
}
