using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>
/// Tensors as bytes in a file, in the order of their elements, whatever their layout and device: the length as 64 bits, then
/// the values. They pass in blocks, so that a tensor may be larger than an array and takes no second copy.
/// </summary>
internal static class TensorBytes
{
    private const int ElementsOfBlock = 1 << 22;

    /// <summary>Writes a tensor.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tensor">Of any shape and type.</param>
    /// <param name="block">How many elements pass at once.</param>
    public static void Write(BinaryWriter writer, Tensor tensor, int block = ElementsOfBlock)
    {
        using var scope = NewDisposeScope();
        writer.Write(LengthOf(tensor));
        Tensor flat = tensor.detach().contiguous().view(-1);
        for (long at = 0; at < flat.shape[0]; at += block)
        {
            using Tensor part = flat.narrow(0, at, Math.Min(block, flat.shape[0] - at)), here = part.cpu();
            writer.Write(here.bytes);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote into a tensor, which keeps its own layout and device.</summary>
    /// <exception cref="InvalidOperationException">It is of another size.</exception>
    public static void Read(BinaryReader reader, Tensor tensor, int block = ElementsOfBlock)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (reader.ReadInt64() is var length && length != LengthOf(tensor))
            throw new InvalidOperationException($"A tensor of {LengthOf(tensor)} bytes was expected, and there are {length}.");
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
