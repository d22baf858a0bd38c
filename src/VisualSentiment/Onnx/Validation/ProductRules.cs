using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>Shape rules of matrix products and reductions.</summary>
internal static class ProductRules
{
    /// <summary>The cost of a matrix product besides its multiply-adds: 90 ns.</summary>
    private const int PerMatrix = 320;

    public static Value[] Gemm(OperatorCall call)
    {
        Value left = call.Input(0), right = call.Input(1);
        if (left.Rank != 2 || right.Rank != 2)
            throw call.Invalid("its inputs must be matrices");
        var (rows, inner) = Sizes(left, "transA");
        var (other, columns) = Sizes(right, "transB");
        if (inner != other)
            throw call.Invalid("its matrices have different inner dimensions");
        if (call.Optional(2) is { } bias
            && !ElementRules.Broadcast(call, bias.Dims, [rows, columns]).AsSpan().SequenceEqual([rows, columns]))
            throw call.Invalid("its bias does not match its output");
        call.Charge(rows, columns, inner);
        return [Value.Of(left.Type, rows, columns)];

        (long Rows, long Columns) Sizes(Value matrix, string transposed) =>
            call.Integer(transposed, 0) != 0 ? (matrix.Dims[1], matrix.Dims[0]) : (matrix.Dims[0], matrix.Dims[1]);
    }

    public static Value[] MatMul(OperatorCall call)
    {
        Value left = call.Input(0), right = call.Input(1);
        if (left.Rank == 0 || right.Rank == 0)
            throw call.Invalid("its inputs must have dimensions");
        long[] a = left.Rank == 1 ? [1, left.Dims[0]] : left.Dims;
        long[] b = right.Rank == 1 ? [right.Dims[0], 1] : right.Dims;
        if (a[^1] != b[^2])
            throw call.Invalid("its matrices have different inner dimensions");
        long[] batch = ElementRules.Broadcast(call, a[..^2], b[..^2]);
        var matrices = new Value(left.Type, batch);
        call.Charge(matrices.Count, checked(Math.Max(1, a[^2]) * Math.Max(1, b[^1]) * Math.Max(1, a[^1]) + PerMatrix));
        return [Value.Of(left.Type, [.. batch, .. left.Rank == 1 ? [] : a[^2..^1], .. right.Rank == 1 ? [] : b[^1..]])];
    }

    public static Value[] Reduce(OperatorCall call)
    {
        Value input = call.Input(0);
        int[]? axes = call.Axes(1, input.Rank);
        if (axes is null or [])
            axes = call.Integer("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, input.Rank)];
        return [Value.Of(input.Type, Without(input.Dims, axes, call.Integer("keepdims", 1) != 0))];
    }

    public static Value[] ArgReduce(OperatorCall call)
    {
        Value input = call.Input(0);
        int axis = call.Axis(call.Integer("axis", 0), input.Rank);
        return [Value.Of(DataType.Int64, Without(input.Dims, [axis], call.Integer("keepdims", 1) != 0))];
    }

    private static long[] Without(long[] dims, int[] axes, bool keep) => keep
        ? [.. dims.Select((size, i) => axes.Contains(i) ? 1 : size)] : [.. dims.Where((_, i) => !axes.Contains(i))];
}
