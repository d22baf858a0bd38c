namespace VisualSentiment.Networks.Pretrained;

/// <summary>The values of a tensor outside libtorch, little endian.</summary>
/// <param name="Type"><see cref="SafetensorsType.F32"/> or <see cref="SafetensorsType.I64"/>.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Bytes">Its values, row by row.</param>
internal sealed record StoredTensor(SafetensorsType Type, long[] Shape, byte[] Bytes);
