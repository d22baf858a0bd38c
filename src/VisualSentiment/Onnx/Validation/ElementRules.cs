using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>Shape rules of element-wise operators and others that keep the shape.</summary>
internal static class ElementRules
{
    /// <summary>The shape of the first input. Other inputs are parameters that must not be larger.</summary>
    public static Value[] Unary(OperatorCall call)
    {
        Value input = call.Input(0);
        for (int i = 1; i < call.Inputs.Count; i++)
            if (call.Inputs[i]?.Count > input.Count)
                throw call.Invalid("a parameter is larger than its input");
        if (call.Node.OpType == "PRelu" && !Broadcast(call, input.Dims, call.Input(1).Dims).SequenceEqual(input.Dims))
            throw call.Invalid("its slope does not match its input");
        if (call.Node.OpType == "LRN")
        {
            // ONNX Runtime allocates the squares of this number of additional channels.
            if (input.Rank < 3 || call.Integer("size", 0) is var size && (size < 1 || size > 2 * input.Dims[1] + 1))
                throw call.Invalid("its attribute 'size' is larger than its input");
            call.Workspace = 4 * input.Bytes;
        }
        if (call.Node.OpType == "Dropout" && call.Optional(2) is not null)
            throw call.Invalid("it is in training mode");
        return [new Value(input.Type, input.Dims, call.Node.OpType == "Identity" ? input.Integers : null)];
    }

    public static Value[] Broadcast(OperatorCall call)
    {
        Value result = Broadcast(call, call.Input(0).Type);
        for (int i = 1; i < call.Inputs.Count; i++)
            if (call.Input(i).Type != result.Type)
                throw call.Invalid("its inputs have different types");
        if (call.Inputs.Count == 2 && call.Input(0).Integers is { } left && call.Input(1).Integers is { } right)
            result = new Value(result.Type, result.Dims, Compute(call, left, right));
        // Division by zero, and of the minimum by -1, terminate the process.
        if (call.Node.OpType is "Div" or "Mod" && result.Type != DataType.Float && result.Integers is null)
            throw call.Invalid("integers may only be divided if both are constant");
        return [result];
    }

    public static Value[] Compare(OperatorCall call) => [Broadcast(call, DataType.Bool)];

    public static Value[] Where(OperatorCall call)
    {
        call.Input(2);
        return [Broadcast(call, call.Input(1).Type)];
    }

    public static Value[] Cast(OperatorCall call)
    {
        Value input = call.Input(0);
        return [new Value((DataType)call.Integer("to", 0), input.Dims, input.Integers)];
    }

    public static Value[] Quantize(OperatorCall call) => Convert(call, call.Optional(2)?.Type ?? DataType.Uint8);

    public static Value[] Dequantize(OperatorCall call) => Convert(call, DataType.Float);

    private static Value[] Convert(OperatorCall call, DataType type)
    {
        Value input = call.Input(0), scale = call.Input(1);
        bool perAxis = scale.Rank == 1 && scale.Count > 1;
        if (scale.Rank > 1 || perAxis && scale.Count != input.Dims[call.Axis(call.Integer("axis", 1), input.Rank)]
            || call.Optional(2) is { } zero && zero.Count != scale.Count)
            throw call.Invalid("its scale or zero point does not match its input");
        return [Value.Of(type, input.Dims)];
    }

    private static Value Broadcast(OperatorCall call, DataType type)
    {
        long[] dims = call.Input(0).Dims;
        for (int i = 1; i < call.Inputs.Count; i++)
            dims = Broadcast(call, dims, call.Input(i).Dims);
        return Value.Of(type, dims);
    }

    /// <summary>The common shape of two values, as in NumPy.</summary>
    public static long[] Broadcast(OperatorCall call, long[] left, long[] right)
    {
        long[] dims = new long[Math.Max(left.Length, right.Length)];
        for (int i = 1; i <= dims.Length; i++)
        {
            long a = i <= left.Length ? left[^i] : 1, b = i <= right.Length ? right[^i] : 1;
            dims[^i] = a == b || b == 1 ? a : a == 1 ? b : throw call.Invalid("its input shapes cannot be broadcast");
        }
        return dims;
    }

    private static long[]? Compute(OperatorCall call, long[] left, long[] right)
    {
        int count = Math.Max(left.Length, right.Length);
        if (left.Length != count && left.Length != 1 || right.Length != count && right.Length != 1)
            return null;
        long[] result = new long[count];
        for (int i = 0; i < count; i++)
        {
            long a = left[left.Length == 1 ? 0 : i], b = right[right.Length == 1 ? 0 : i];
            long? computed = call.Node.OpType switch
            {
                "Add" => checked(a + b),
                "Sub" => checked(a - b),
                "Mul" => checked(a * b),
                "Div" when b is not 0 and not -1 => a / b,
                _ => null,
            };
            if (computed is not { } number)
                return null;
            result[i] = number;
        }
        return result;
    }
}
