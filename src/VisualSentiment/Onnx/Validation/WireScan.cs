namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// Validates the encoded bytes of a model before they are parsed: the parser may create an object for two bytes, and a
/// tensor may refer to another file.
/// </summary>
/// <remarks>All occurrences of a field are validated, because parsers differ in which of several they use.</remarks>
internal sealed class WireScan
{
    private const int MaxDepth = 64;
    private const int LengthDelimited = 2;

    private readonly bool _isForeign;
    private int _fields;
    private long _smallData;

    private WireScan(bool isForeign) => _isForeign = isForeign;

    private enum Message { None, Model, Graph, Node, Attribute, Tensor, SparseTensor, Function, Training, ValueInfo,
        Type, TensorType, Shape, Entry }

    /// <summary>Validates a student: only the fields that this library writes, within the limits.</summary>
    /// <exception cref="InvalidGraphException">The bytes are not an ONNX model, or one that is rejected.</exception>
    public static void CheckStudent(ReadOnlySpan<byte> model) =>
        new WireScan(isForeign: false).Scan(model, Message.Model, 0);

    /// <summary>Validates that a model of any origin contains its weights.</summary>
    /// <inheritdoc cref="CheckStudent"/>
    public static void CheckForeign(ReadOnlySpan<byte> model) =>
        new WireScan(isForeign: true).Scan(model, Message.Model, 0);

    private void Scan(ReadOnlySpan<byte> bytes, Message message, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidGraphException($"its messages are nested more than {MaxDepth} levels deep");
        while (!bytes.IsEmpty)
        {
            ulong tag = ReadVarint(ref bytes);
            var (field, wireType) = ((int)(tag >> 3), (int)(tag & 7));
            if (tag > uint.MaxValue || field == 0)
                throw NotOnnx();
            if (!_isForeign && ++_fields > ModelLimits.Fields)
                throw new InvalidGraphException($"it has more than {ModelLimits.Fields} fields");
            ulong number = 0;
            ReadOnlySpan<byte> content = default;
            switch (wireType)
            {
                case 0:
                    number = ReadVarint(ref bytes);
                    break;
                case 1:
                    Take(ref bytes, sizeof(ulong));
                    break;
                case LengthDelimited:
                    content = Take(ref bytes, ReadVarint(ref bytes));
                    break;
                case 5:
                    Take(ref bytes, sizeof(uint));
                    break;
                default:
                    throw NotOnnx();
            }
            ThrowIfExternal(message, field, number, content);
            if (!_isForeign)
                ThrowIfNotWritten(message, field);
            if (wireType != LengthDelimited)
                continue;
            Message inner = Inner(message, field);
            if (inner != Message.None)
                Scan(content, inner, depth + 1);
            else if (!_isForeign && !IsWeights(message, field) && (_smallData += content.Length) > ModelLimits.SmallData)
                throw new InvalidGraphException($"its names, metadata and integers take more than {ModelLimits.Megabytes(ModelLimits.SmallData)}");
        }
    }

    // TensorProto: external_data = 13; data_location = 14, where 0 is the file itself.
    private void ThrowIfExternal(Message message, int field, ulong number, ReadOnlySpan<byte> content)
    {
        if (message == Message.Tensor && (field == 13 || field == 14 && (number != 0 || !content.IsEmpty)))
            throw new InvalidGraphException("its weights are in another file (ONNX external data), which is rejected because such a model "
                + "could read any file", "save the weights inside the file, for example with onnx.save(model, path, save_as_external_data=False)"
                + (_isForeign ? "" : ", or export the model again with SaveAsOnnx"));
    }

    private static void ThrowIfNotWritten(Message message, int field)
    {
        string? what = (message, field) switch
        {
            (Message.Model, 20) => "training information",
            (Message.Model, 25) => "functions",
            (Message.Graph, 15) or (Message.Attribute, 22 or 23) => "sparse tensors",
            (Message.Attribute, 6 or 11) => "a graph in a node",
            (Message.Attribute, 10 or 14 or 15 or 21) => "an attribute that is not a number, string or tensor",
            (Message.Tensor, 3 or 10 or 11) => "a tensor in segments or of an unsupported type",
            _ => null,
        };
        if (what is not null)
            throw new InvalidGraphException($"it has {what}, which is not supported");
    }

    private static Message Inner(Message message, int field) => (message, field) switch
    {
        (Message.Model, 7) or (Message.Training, 1 or 2) or (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Model, 8 or 14) => Message.Entry,
        (Message.Model, 20) => Message.Training,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.SparseTensor, 1 or 2) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.Graph, 11 or 12 or 13) => Message.ValueInfo,
        (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
        (Message.ValueInfo, 2) => Message.Type,
        (Message.Type, 1) => Message.TensorType,
        (Message.TensorType, 2) => Message.Shape,
        (Message.Shape, 1) => Message.Entry,
        _ => Message.None,
    };

    // raw_data, float_data and floats do not grow when they are parsed.
    private static bool IsWeights(Message message, int field) =>
        (message, field) is (Message.Tensor, 4 or 9) or (Message.Attribute, 7);

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
            throw NotOnnx();
        ReadOnlySpan<byte> taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0, i = 0; shift < 64 && i < bytes.Length; shift += 7, i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << shift;
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }
        throw NotOnnx();
    }

    private static InvalidGraphException NotOnnx() => new("it is not a complete ONNX model",
        "copy it again, or export it again (a student with SaveAsOnnx)");
}
