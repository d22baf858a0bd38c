using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Weights;

/// <summary>The values of a tensor outside libtorch, little endian.</summary>
/// <param name="Type"><see cref="SafetensorsType.F32"/> or <see cref="SafetensorsType.I64"/>.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Bytes">Its values, row by row.</param>
internal sealed record StoredTensor(SafetensorsType Type, long[] Shape, byte[] Bytes)
{
    /// <summary>Copies a tensor of a network.</summary>
    public static StoredTensor Of(Tensor tensor)
    {
        using var noGradient = no_grad();
        // Row by row, whatever the strides of the network's own tensor.
        using Tensor plain = tensor.detach().cpu().contiguous();
        return new StoredTensor(tensor.is_floating_point() ? SafetensorsType.F32 : SafetensorsType.I64, tensor.shape, plain.bytes.ToArray());
    }

    /// <summary>Copies the values into a tensor of a network, with as many elements.</summary>
    public void CopyInto(Tensor tensor)
    {
        using var noGradient = no_grad();
        using Tensor staged = empty(tensor.shape, Type == SafetensorsType.I64 ? ScalarType.Int64 : ScalarType.Float32, CPU);
        Bytes.CopyTo(staged.bytes);
        tensor.copy_(staged);
    }
}
