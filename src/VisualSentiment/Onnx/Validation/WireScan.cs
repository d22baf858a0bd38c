namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// A pass over the encoded bytes of a model before anything parses them: parsing makes an object of as few as two
/// bytes, and a tensor may point to a file in place of its numbers.
/// </summary>
/// <remarks>
/// It follows the fields that hold messages wherever they stand, so that what it accepts does not depend on which of
/// several occurrences a parser uses.
/// </remarks>
internal sealed class WireScan
{
    private const int MaxDepth = 64;
    private const int LengthDelimited = 2;

    private readonly bool _unlabeled;
    private int _fields;
    private long _smallData;

    private WireScan(bool foreign) => _unlabeled = foreign;

    private enum Message { None, Model, Graph, Node, Attribute, Tensor, SparseTensor, Function, Training, ValueInfo,
        Type, TensorType, Shape, Entry }

    /// <summary>Checks a student: no more fields than this library writes, and none but those it writes.</summary>
    /// <exception cref="InvalidGraphException">The bytes are no ONNX model, or one that is refused.</exception>
    public static void CheckStudent(ReadOnlySpan<byte> model) =>
        new WireScan(foreign: false).Scan(model, Message.Model, 0);

    /// <summary>Checks a network of any origin: its weights are in the file.</summary>
    /// <inheritdoc cref="CheckStudent"/>
    public static void CheckForeign(ReadOnlySpan<byte> model) =>
        new WireScan(foreign: true).Scan(model, Message.Model, 0);

    private void Scan(ReadOnlySpan<byte> bytes, Message message, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidGraphException($"its graphs are nested more than {MaxDepth} deep");
        while (!bytes.IsEmpty)
        {
            ulong tag = ReadVarint(ref bytes);
            var (field, wireType) = ((int)(tag >> 3), (int)(tag & 7));
            if (tag > uint.MaxValue || field == 0)
                throw NotOnnx();
            if (!_unlabeled && ++_fields > ModelLimits.Fields)
                throw new InvalidGraphException($"it has more than {ModelLimits.Fields} fields, more than this library writes");
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
            if (!_unlabeled)
                ThrowIfNotWritten(message, field);
            if (wireType != LengthDelimited)
                continue;
            Message inner = Inner(message, field);
            if (inner != Message.None)
                Scan(content, inner, depth + 1);
            else if (!_unlabeled && !IsWeights(message, field) && (_smallData += content.Length) > ModelLimits.SmallData)
                throw new InvalidGraphException($"its names, metadata and whole numbers take more than {ModelLimits.Megabytes(ModelLimits.SmallData)}");
        }
    }

    // TensorProto: external_data = 13; data_location = 14, where 0 is the file itself.
    private void ThrowIfExternal(Message message, int field, ulong number, ReadOnlySpan<byte> content)
    {
        if (message == Message.Tensor && (field == 13 || field == 14 && (number != 0 || !content.IsEmpty)))
            throw new InvalidGraphException("it keeps weights outside of its file (ONNX external data), which is refused because such a model "
                + "can read any file", "save the weights inside the file, for example with onnx.save(model, path, save_as_external_data=False)"
                + (_unlabeled ? "" : ", or export the model again with SaveAsOnnx"));
    }

    private static void ThrowIfNotWritten(Message message, int field)
    {
        string? what = (message, field) switch
        {
            (Message.Model, 20) => "training information",
            (Message.Model, 25) => "functions",
            (Message.Graph, 15) or (Message.Attribute, 22 or 23) => "sparse tensors",
            (Message.Attribute, 6 or 11) => "a graph within a node",
            (Message.Attribute, 10 or 14 or 15 or 21) => "an attribute that is no number, text or tensor",
            (Message.Tensor, 3 or 10 or 11) => "a tensor in segments or of a type that students do not have",
            _ => null,
        };
        if (what is not null)
            throw new InvalidGraphException($"it has {what}, which this library does not write");
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

    // raw_data, float_data and floats become as many bytes as they are.
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

    private static InvalidGraphException NotOnnx() => new("it is not an ONNX model, or only a part of one",
        "copy it again, or export it again (a student with SaveAsOnnx)");
}
