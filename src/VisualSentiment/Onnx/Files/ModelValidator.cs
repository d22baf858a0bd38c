using Google.Protobuf;
using Google.Protobuf.Collections;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// Validates the bytes of a model before ONNX Runtime or other code reads them: that it is a student of this library,
/// and that its memory and time are within <see cref="ModelLimits"/>.
/// </summary>
internal static class ModelValidator
{
    // ONNX Runtime receives the parsed model, without unknown fields.
    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    /// <summary>Parses and validates a student.</summary>
    /// <param name="onnxModel">The bytes.</param>
    /// <param name="name">The name of the model in messages.</param>
    /// <exception cref="InvalidModelException">The model is invalid or exceeds a limit.</exception>
    public static (ModelProto Model, OnnxModelInfo Info) Validate(ReadOnlySpan<byte> onnxModel, string name)
    {
        ModelProto model = Parse(onnxModel, name);
        if (model.Graph is null)
            throw InvalidModelException.NotOnnx(name, null);
        try
        {
            // Before the metadata, which may be damaged too.
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

    /// <summary>Parses a model within the limits on size and fields, without further validation.</summary>
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

    /// <summary>The reason why a new student could not be loaded; null if it could.</summary>
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

    /// <summary>The error for a file of a size in bytes.</summary>
    public static InvalidGraphException TooLarge(long bytes) => new(
        $"it has {ModelLimits.Megabytes(bytes)}; at most {ModelLimits.Megabytes(ModelLimits.FileSize)} are allowed",
        $"{ModelLimits.RaiseBy(ModelLimits.MemorySetting)}, a seventh of which is the limit on the file");

    private static void CheckSignature(ModelProto model, int classes, long fileSize)
    {
        CheckOperatorSets(model);
        GraphProto graph = model.Graph;
        HashSet<string> outputs = [];
        bool isValid = graph.Input is [{ Name.Length: > 0 } input]
            && Is(input, DataType.Uint8, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels)
            && graph.Output.All(output => outputs.Add(output.Name) && (output.Name == ModelNames.Evidence
                || output.Name is ModelNames.Score or ModelNames.Logits && Is(output, DataType.Float, classes)));
        if (!isValid || !outputs.IsSupersetOf([ModelNames.Score, ModelNames.Logits]))
            throw new InvalidGraphException($"its inputs are {Describe(graph.Input)} and its outputs "
                + $"{Describe(graph.Output)}; a student with {classes} classes has one input uint8 [N, {PixelFormat.Height}, "
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
            throw new InvalidGraphException("its operator sets are "
                + string.Join(", ", model.OpsetImport.Take(8).Select(set => $"{set.Domain} {set.Version}".Trim()))
                + $"; this version supports {ModelNames.OperatorSetVersion}", "update the library, or export the model again with SaveAsOnnx");
    }

    /// <summary>Whether a value is declared as a tensor of a type and a shape after a variable first dimension.</summary>
    private static bool Is(ValueInfoProto value, DataType type, params long[] sizes) =>
        value.Type?.TensorType is { Shape.Dim: [{ HasDimValue: false }, ..] dims } tensor && tensor.ElemType == (int)type
        && dims.Skip(1).Select(dim => dim.HasDimValue ? dim.DimValue : -1).SequenceEqual(sizes);

    private static string Describe(RepeatedField<ValueInfoProto> values) => values.Count == 0 ? "none"
        : string.Join(", ", values.Take(8).Select(value =>
            $"{value.Name} {(DataType)(value.Type?.TensorType?.ElemType ?? 0)} [{string.Join(", ",
                value.Type?.TensorType?.Shape?.Dim.Select(dim => dim.HasDimValue ? $"{dim.DimValue}" : "N") ?? [])}]"));
}
