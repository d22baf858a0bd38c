using System.Buffers.Binary;

namespace VisualSentiment.Imaging;

/// <summary>Reads the chunks of a WebP (RFC 9649).</summary>
internal ref struct WebpStructure
{
    private const int FileHeaderLength = 12, ChunkHeaderLength = 8, FrameHeaderLength = 16, LosslessHeaderLength = 5;

    /// <summary>The bytes that libwebp's demuxer keeps per frame and per unknown chunk.</summary>
    private const int BytesPerChunk = 112;

    // Per pixel: the pixels of a lossless image and those of its transforms; of alpha, also the plane.
    private const int LosslessBytes = 5, AlphaBytes = 6;

    private readonly long _maxPixels;
    private long _headerBytes, _tableBytes;
    private int _width, _height, _bytesPerPixel;

    private WebpStructure(long maxPixels) => _maxPixels = maxPixels;

    /// <summary>Reads the chunks, and the codes of a lossless image that is within the limits.</summary>
    public static DecodingCost Read(ReadOnlySpan<byte> webp, ImageLimits limits)
    {
        var structure = new WebpStructure(
            Math.Min(limits.MaxPixels, limits.MaxMemoryBytes / (sizeof(int) + LosslessBytes)));
        structure.ReadChunks(webp[Math.Min(FileHeaderLength, webp.Length)..]);
        return new(structure._bytesPerPixel >= LosslessBytes ? "a lossless WebP" : "a WebP")
        {
            HeaderBytes = structure._headerBytes,
            DecoderBytes = structure._tableBytes,
            BytesPerPixel = structure._bytesPerPixel,
        };
    }

    private void ReadChunks(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= ChunkHeaderLength)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var content = rest[ChunkHeaderLength..];
            content = content[..(int)Math.Min(length, content.Length)];
            _headerBytes += BytesPerChunk;
            ReadChunk(rest[..4], content);
            rest = rest[(int)Math.Min(ChunkHeaderLength + length + (length & 1), rest.Length)..];
        }
    }

    private void ReadChunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        // Only the first frame is decoded.
        bool isFirst = _bytesPerPixel == 0;
        if (name.SequenceEqual("ICCP"u8))
        {
            _headerBytes += content.Length;
        }
        else if (name.SequenceEqual("VP8X"u8) && content.Length >= 10)
        {
            (_width, _height) = (ReadUInt24(content[4..]) + 1, ReadUInt24(content[7..]) + 1);
        }
        else if (name.SequenceEqual("ANMF"u8) && content.Length >= FrameHeaderLength && isFirst)
        {
            (_width, _height) = (ReadUInt24(content[6..]) + 1, ReadUInt24(content[9..]) + 1);
            ReadChunks(content[FrameHeaderLength..]);
        }
        else if (name.SequenceEqual("VP8L"u8) && content.Length >= LosslessHeaderLength && isFirst)
        {
            uint sides = BinaryPrimitives.ReadUInt32LittleEndian(content[1..]);
            (_width, _height) = ((int)(sides & 0x3FFF) + 1, (int)(sides >> 14 & 0x3FFF) + 1);
            ReadLossless(content[LosslessHeaderLength..], LosslessBytes);
        }
        else if (name.SequenceEqual("ALPH"u8) && content.Length > 0 && isFirst)
        {
            if ((content[0] & 3) == 1)
                ReadLossless(content[1..], AlphaBytes);
            else
                _bytesPerPixel = 1;
        }
    }

    private void ReadLossless(ReadOnlySpan<byte> stream, int bytesPerPixel)
    {
        _bytesPerPixel = bytesPerPixel;
        if ((long)_width * _height <= _maxPixels)
            _tableBytes = LosslessTables.CountBytes(stream, _width, _height);
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
