using System.Collections;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Fuzzing;

/// <summary>
/// Mutations of an ONNX model's fields. The file stays well-formed, and half of the files have a valid digest.
/// </summary>
internal static class OnnxStructure
{
    /// <summary>The metadata entry with the digest of all bytes before it: tag, length, key and value.</summary>
    private const string DigestKey = "visualsentiment.sha256";

    private static readonly int DigestLength = Digest([]).Length;

    public static byte[] Mutate(byte[] input, Random random)
    {
        byte[] content = IsSealed(input) ? input[..^DigestLength] : input;
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException)
        {
            return input;
        }
        List<(IMessage Message, FieldDescriptor Field)> fields = [];
        Collect(model, fields);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            // A field chosen at random would nearly always be in the longest list, so the name is chosen first.
            string[] names = [.. fields.Select(f => f.Field.FullName).Distinct()];
            string name = names[random.Next(names.Length)];
            var candidates = fields.Where(f => f.Field.FullName == name).ToArray();
            var (message, field) = candidates[random.Next(candidates.Length)];
            Change(message, field, field.Accessor.GetValue(candidates[random.Next(candidates.Length)].Message), random);
        }
        byte[] output = model.ToByteArray();
        return random.Next(2) == 0 ? [.. output, .. Digest(output)] : output;
    }

    private static void Collect(IMessage message, List<(IMessage, FieldDescriptor)> fields)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            fields.Add((message, field));
            object? value = field.Accessor.GetValue(message);
            if (value is IMessage one)
                Collect(one, fields);
            else if (value is IList list)
                foreach (IMessage part in list.OfType<IMessage>())
                    Collect(part, fields);
        }
    }

    // The other value comes from the same field of another message.
    private static void Change(IMessage message, FieldDescriptor field, object? other, Random random)
    {
        object? value = field.Accessor.GetValue(message);
        if (!field.IsRepeated)
        {
            if (Scalar(field, value, other, random) is { } changed)
                field.Accessor.SetValue(message, changed);
            else
                field.Accessor.Clear(message);
            return;
        }
        var list = (IList)value!;
        int at = list.Count == 0 ? 0 : random.Next(list.Count);
        switch (random.Next(5))
        {
            case 0 when list.Count > 0:
                list.RemoveAt(at);
                break;
            case 1 when list.Count > 0:
                object again = list[at] is IMessage part ? Clone(part) : list[at]!;
                for (int copies = random.Next(16) == 0 ? random.Next(2, 200) : 1; copies > 0; copies--)
                    list.Insert(at, again is IMessage one ? Clone(one) : again);
                break;
            case 2 when list.Count > 1:
                int second = random.Next(list.Count);
                object first = list[at]!, last = list[second]!;
                list[at] = last is IMessage a ? Clone(a) : last;
                list[second] = first is IMessage b ? Clone(b) : first;
                break;
            case 3 when list.Count > 0 && list[at] is not IMessage:
                object? another = other is IList { Count: > 0 } source ? source[random.Next(source.Count)] : null;
                list[at] = Scalar(field, list[at], another, random) ?? list[at];
                break;
            case 4 when list.Count == 0 && field.FieldType == FieldType.Int64:
                list.Add(ByteMutator.Extreme(random));
                break;
            default:
                list.Clear();
                break;
        }
    }

    // null clears the field.
    private static object? Scalar(FieldDescriptor field, object? value, object? other, Random random) =>
        field.FieldType switch
    {
        _ when random.Next(8) == 0 => null,
        FieldType.Int64 => random.Next(2) == 0 ? ByteMutator.Extreme(random) : (long)random.Next(-2, 300),
        FieldType.Int32 => random.Next(2) == 0 ? (int)ByteMutator.Extreme(random) : random.Next(-2, 30),
        FieldType.UInt64 => (ulong)ByteMutator.Extreme(random),
        FieldType.Float => new[] { float.NaN, float.PositiveInfinity, float.MaxValue, 0 }[random.Next(4)],
        FieldType.Double => random.Next(2) == 0 ? double.NaN : double.MaxValue,
        FieldType.String => random.Next(4) switch
        {
            0 => "",
            1 => Operators[random.Next(Operators.Length)],
            2 => (value as string ?? "") + "\u0000x",
            _ => other as string ?? "x",
        },
        FieldType.Bytes => ByteString.CopyFrom(ByteMutator.Mutate(((ByteString)value!).ToByteArray(), [0], random)),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(-1, 30)),
        FieldType.Message => other is IMessage message ? Clone(message) : null,
        _ => null,
    };

    // Operators that loop, enlarge tensors or read missing values, and file names.
    private static readonly string[] Operators =
    [
        "Loop", "If", "Scan", "ConstantOfShape", "Expand", "Tile", "Resize", "Reshape", "Gather", "MatMul", "Conv",
        "Identity", "RandomNormal", "Range", "/etc/passwd", "../x",
    ];

    private static IMessage Clone(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteArray());

    private static bool IsSealed(byte[] input) => input.Length >= DigestLength
        && input.AsSpan(input.Length - DigestLength).IndexOf(Encoding.ASCII.GetBytes(DigestKey)) >= 0;

    private static byte[] Digest(byte[] content)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var entry = new StringStringEntryProto { Key = DigestKey, Value = digest };
        return new ModelProto { MetadataProps = { entry } }.ToByteArray();
    }
}
