using Google.Protobuf;
using Google.Protobuf.Collections;
using VisualSentiment.Distillation.Losses;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// Decides from a model's bytes, before ONNX Runtime or anything else reads them, whether it is a student that this
/// library may have written, and that it costs no more memory and time than <see cref="ModelLimits"/> allow.
/// </summary>
internal static class ModelValidator
{
    // ONNX Runtime is given what is parsed here and nothing else.
    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    /// <summary>Parses a student and checks everything.</summary>
    /// <param name="onnxModel">Its bytes.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="InvalidModelException">It is refused; the message says why.</exception>
    public static (ModelProto Model, OnnxModelInfo Info) Validate(ReadOnlySpan<byte> onnxModel, string name)
    {
        ModelProto model = Parse(onnxModel, name);
        if (model.Graph is null)
            throw InvalidModelException.NotOnnx(name, null);
        try
        {
            // Damaged metadata is damage, too.
            ModelDigest.Check(onnxModel, model);
            OnnxModelInfo info = OnnxModelInfo.Read(model, name);
            CheckSignature(model, info.Classes.Count, onnxModel.Length);
            return (model, info);
        }
        catch (InvalidGraphException e)
        {
            throw new InvalidModelException(name, e.Message, e);
        }
    }

    /// <summary>
    /// Parses a model of no more than the size and the fields that are allowed. Nothing in it is checked.
    /// </summary>
    /// <inheritdoc cref="Validate"/>
    public static ModelProto Parse(ReadOnlySpan<byte> onnxModel, string name)
    {
        try
        {
            if (onnxModel.Length > ModelLimits.FileSize)
                throw TooLarge(onnxModel.Length);
            WireScan.CheckStudent(onnxModel);
            return Parser.ParseFrom(onnxModel);
        }
        catch (InvalidGraphException e)
        {
            throw new InvalidModelException(name, e.Message, e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw InvalidModelException.NotOnnx(name, e);
        }
    }

    /// <summary>Why a student that is about to be written could not be loaded; null where it can.</summary>
    public static string? FindError(ReadOnlySpan<byte> onnxModel)
    {
        try
        {
            Validate(onnxModel, "student");
            return null;
        }
        catch (InvalidModelException e) when (e.InnerException is InvalidGraphException reason)
        {
            return reason.Message;
        }
    }

    /// <summary>The refusal of a file of so many bytes.</summary>
    public static InvalidGraphException TooLarge(long bytes) => new($"it has {ModelLimits.Megabytes(bytes)}; "
        + $"at most {ModelLimits.Megabytes(ModelLimits.FileSize)} are allowed", ModelLimits.RaiseBy(ModelLimits.MemorySetting) + ", of which a file takes a seventh");

    private static void CheckSignature(ModelProto model, int classes, long fileSize)
    {
        CheckOperatorSets(model);
        GraphProto graph = model.Graph;
        bool hasScore = false, hasLogits = false, hasEvidence = false, fits = graph.Input.Count == 1
            && graph.Input[0].Name.Length > 0
            && Is(graph.Input[0], DataType.Uint8, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels);
        foreach (ValueInfoProto output in graph.Output)
        {
            bool isScore = output.Name == ModelNames.Score, isLogits = output.Name == ModelNames.Logits;
            fits &= isScore ? !hasScore && Is(output, DataType.Float, classes) : isLogits ? !hasLogits
                && Is(output, DataType.Float, classes)
                : !hasEvidence && output.Name == ModelNames.Evidence;
            hasScore |= isScore;
            hasLogits |= isLogits;
            hasEvidence |= !isScore && !isLogits;
        }
        if (!fits || !hasScore || !hasLogits)
            throw new InvalidGraphException($"its inputs are {Describe(graph.Input)} and its outputs "
                + $"{Describe(graph.Output)}; a student of {classes} classes has one input uint8 [N, {PixelFormat.Height}, "
                + $"{PixelFormat.Width}, {PixelFormat.Channels}] and outputs {ModelNames.Score} and {ModelNames.Logits} "
                + $"float [N, {classes}]", "export it again with SaveAsOnnx");

        var values = GraphCheck.Run(graph, fileSize);
        foreach (ValueInfoProto output in graph.Output)
            if (!values.TryGetValue(output.Name, out Value? value) || value.Dims is not [1, .. var sizes]
                || !Is(output, value.Type, sizes))
                throw new InvalidGraphException($"its output '{output.Name}' is computed as {(value is null ? "nothing" : value)}");
    }

    private static void CheckOperatorSets(ModelProto model)
    {
        if (model.OpsetImport is not [{ Domain: "", Version: ModelNames.OperatorSetVersion }])
            throw new InvalidGraphException($"its operator sets are {string.Join(", ", model.OpsetImport.Take(8).Select(set => $"{set.Domain} {set.Version}".Trim()))}; "
                + $"this version reads {ModelNames.OperatorSetVersion}", "update the library, or export the model again with SaveAsOnnx");
    }

    /// <summary>
    /// Whether a value is declared as a tensor of a type and a shape, with a dimension before it that is left open.
    /// </summary>
    private static bool Is(ValueInfoProto value, DataType type, params ReadOnlySpan<long> sizes)
    {
        if (value.Type?.TensorType is not { Shape.Dim: var dims } tensor || tensor.ElemType != (int)type
            || dims.Count != sizes.Length + 1 || dims[0].HasDimValue)
            return false;
        for (int i = 0; i < sizes.Length; i++)
            if (!dims[i + 1].HasDimValue || dims[i + 1].DimValue != sizes[i])
                return false;
        return true;
    }

    private static string Describe(RepeatedField<ValueInfoProto> values) => values.Count == 0 ? "none"
        : string.Join(", ", values.Take(8).Select(value =>
        $"{value.Name} {(DataType)(value.Type?.TensorType?.ElemType ?? 0)} [{string.Join(", ", value.Type?.TensorType?.Shape?.Dim.Select(dim => dim.HasDimValue ? $"{dim.DimValue}" : "N") ?? [])}]"));
}
