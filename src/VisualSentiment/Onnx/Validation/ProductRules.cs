using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>Matrix products, and reductions along axes.</summary>
internal static class ProductRules
{
    /// <summary>What a matrix product costs beside its multiply-adds: 90 ns.</summary>
    private const int PerMatrix = 320;

    public static Value[] Gemm(OperatorCall call)
    {
        Value left = call.Input(0), right = call.Input(1);
        if (left.Rank != 2 || right.Rank != 2)
            throw call.Invalid("it multiplies matrices");
        var (rows, inner) = call.Integer("transA", 0) != 0 ? (left.Dims[1], left.Dims[0])
            : (left.Dims[0], left.Dims[1]);
        var (other, columns) = call.Integer("transB", 0) != 0 ? (right.Dims[1], right.Dims[0])
            : (right.Dims[0], right.Dims[1]);
        if (inner != other)
            throw call.Invalid("its matrices do not fit");
        if (call.Optional(2) is { } bias && !ElementRules.Broadcast(call, bias.Dims, [rows,
            columns]).AsSpan().SequenceEqual([rows, columns]))
            throw call.Invalid("its bias does not fit");
        call.Charge(rows, columns, inner);
        return [Value.Of(left.Type, rows, columns)];
    }

    public static Value[] MatMul(OperatorCall call)
    {
        Value left = call.Input(0), right = call.Input(1);
        if (left.Rank == 0 || right.Rank == 0)
            throw call.Invalid("it multiplies matrices");
        long[] a = left.Rank == 1 ? [1, left.Dims[0]] : left.Dims, b = right.Rank == 1 ? [right.Dims[0], 1]
            : right.Dims;
        if (a[^1] != b[^2])
            throw call.Invalid("its matrices do not fit");
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
