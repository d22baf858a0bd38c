namespace VisualSentiment.Onnx.Ensembles;

/// <summary>What an ensemble's metadata says of one of its students.</summary>
/// <param name="Weight">Its share of the averaged probabilities, 0 to 1.</param>
/// <param name="Teacher">Its teacher, in words.</param>
/// <param name="Temperature">The temperature of its distillation.</param>
/// <param name="Loss">Its loss, in words.</param>
/// <param name="Quantization">How its numbers are kept where they are not 32-bit floats.</param>
/// <param name="Metrics">Anything else worth knowing.</param>
internal sealed record EnsembleMember(double Weight, string? Teacher, double? Temperature, string? Loss, string? Quantization,
    IReadOnlyDictionary<string, string> Metrics);
