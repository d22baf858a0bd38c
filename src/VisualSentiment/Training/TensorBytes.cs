using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>
/// Writes tensors of any layout and device: the length in bytes as 64 bits, then the elements in order. Elements are
/// copied in blocks, so that a tensor may be larger than an array and needs no second copy.
/// </summary>
internal static class TensorBytes
{
    private const int BlockLength = 1 << 22;

    public static void Write(BinaryWriter writer, Tensor tensor, int block = BlockLength)
    {
        using var scope = NewDisposeScope();
        writer.Write(LengthOf(tensor));
        Tensor flat = tensor.detach().contiguous().view(-1);
        for (long at = 0; at < flat.shape[0]; at += block)
        {
            using Tensor part = flat.narrow(0, at, Math.Min(block, flat.shape[0] - at)), copy = part.cpu();
            writer.Write(copy.bytes);
        }
    }

    /// <summary>Reads elements into a tensor, which keeps its layout and device.</summary>
    /// <exception cref="InvalidOperationException">The length is not that of the tensor.</exception>
    public static void Read(BinaryReader reader, Tensor tensor, int block = BlockLength)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (reader.ReadInt64() is var length && length != LengthOf(tensor))
            throw new InvalidOperationException($"Expected a tensor of {LengthOf(tensor)} bytes, but it has {length}.");
        bool inPlace = tensor.device_type == DeviceType.CPU && tensor.is_contiguous();
        Tensor plain = inPlace ? tensor.detach() : empty(tensor.shape, tensor.dtype);
        Tensor flat = plain.view(-1);
        for (long at = 0; at < flat.shape[0]; at += block)
        {
            using Tensor part = flat.narrow(0, at, Math.Min(block, flat.shape[0] - at));
            reader.BaseStream.ReadExactly(part.bytes);
        }
        if (!inPlace)
            tensor.copy_(plain);
    }

    private static long LengthOf(Tensor tensor) => tensor.numel() * tensor.element_size();
}
