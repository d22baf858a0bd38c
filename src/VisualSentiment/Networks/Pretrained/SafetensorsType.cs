namespace VisualSentiment.Networks.Pretrained;

/// <summary>The element types that are read, by the names the format gives them.</summary>
internal enum SafetensorsType
{
    F32,
    F16,
    BF16,
    I64,
}
