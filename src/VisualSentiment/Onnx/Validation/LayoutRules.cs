using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>Shape rules of operators that move elements.</summary>
internal static class LayoutRules
{
    public static Value[] Reshape(OperatorCall call)
    {
        Value input = call.Input(0);
        long[] dims = [.. call.Integers(1)];
        if (call.Integer("allowzero", 0) != 0 || input.IsEmpty)
            throw call.Invalid("empty values are not allowed");
        for (int i = 0; i < dims.Length; i++)
            if (dims[i] == 0)
                dims[i] = i < input.Rank ? input.Dims[i] : throw call.Invalid("it copies a dimension that does not exist");
        int open = Array.IndexOf(dims, -1);
        if (open >= 0)
        {
            dims[open] = 1;
            long known = new Value(input.Type, dims).Count;
            dims[open] = input.Count / known;
        }
        var result = new Value(input.Type, dims, input.Integers);
        return result.Count == input.Count && !result.IsEmpty ? [result]
            : throw call.Invalid($"its number of elements differs from that of {result}");
    }

    public static Value[] Flatten(OperatorCall call)
    {
        Value input = call.Input(0);
        long axis = call.Integer("axis", 1);
        int split = axis == input.Rank ? input.Rank : call.Axis(axis, input.Rank);
        return [Value.Of(input.Type, Product(input.Dims[..split]), Product(input.Dims[split..]))];

        static long Product(long[] sizes) => sizes.Aggregate(1L, (product, size) => product * size);
    }

    public static Value[] Transpose(OperatorCall call)
    {
        Value input = call.Input(0);
        long[]? order = call.OptionalIntegers("perm");
        if (order is null)
            return [Value.Of(input.Type, [.. input.Dims.AsEnumerable().Reverse()])];
        long[] dims = new long[input.Rank];
        int seen = 0;
        for (int i = 0; i < order.Length && i < dims.Length; i++)
        {
            int axis = call.Axis(order[i], input.Rank);
            dims[i] = input.Dims[axis];
            seen |= 1 << axis;
        }
        return order.Length == dims.Length && seen == (1 << dims.Length) - 1 ? [Value.Of(input.Type, dims)]
            : throw call.Invalid("its attribute 'perm' is not a permutation of the dimensions");
    }

    public static Value[] Squeeze(OperatorCall call)
    {
        Value input = call.Input(0);
        int[] axes = call.Axes(1, input.Rank) ?? [.. Enumerable.Range(0, input.Rank).Where(i => input.Dims[i] == 1)];
        if (axes.Any(axis => input.Dims[axis] != 1))
            throw call.Invalid("it removes a dimension that is not 1");
        return [new Value(input.Type, [.. input.Dims.Where((_, i) => !axes.Contains(i))], input.Integers)];
    }

    public static Value[] Unsqueeze(OperatorCall call)
    {
        Value input = call.Input(0);
        int[] axes = call.Axes(1, input.Rank + call.Integers(1).Length)!;
        List<long> dims = [.. input.Dims];
        foreach (int axis in axes)
            dims.Insert(axis, 1);
        return [new Value(input.Type, [.. dims], input.Integers)];
    }

    public static Value[] Concat(OperatorCall call)
    {
        Value first = call.Input(0);
        int axis = call.Axis(call.Integer("axis", long.MinValue), first.Rank);
        long[] dims = [.. first.Dims];
        dims[axis] = 0;
        List<long>? integers = first.Rank == 1 ? [] : null;
        for (int i = 0; i < call.Inputs.Count; i++)
        {
            Value input = call.Input(i);
            bool fits = input.Type == first.Type && input.Rank == first.Rank;
            for (int d = 0; fits && d < dims.Length; d++)
                fits = d == axis || input.Dims[d] == dims[d];
            if (!fits)
                throw call.Invalid("its inputs have different types, or differ in more than one dimension");
            dims[axis] += input.Dims[axis];
            if (input.Integers is null)
                integers = null;
            integers?.AddRange(input.Integers!);
        }
        return [new Value(first.Type, dims, integers?.ToArray())];
    }

    public static Value[] Slice(OperatorCall call)
    {
        Value input = call.Input(0);
        long[] starts = call.Integers(1), ends = call.Integers(2), dims = [.. input.Dims];
        long[] axes = call.OptionalIntegers(3) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = call.OptionalIntegers(4) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length
            || steps.AsSpan().Contains(0) || steps.AsSpan().Contains(long.MinValue))
            throw call.Invalid("its starts, ends, axes and steps are invalid");
        long[]? integers = input.Rank == 1 ? input.Integers : null;
        int seen = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = call.Axis(axes[i], input.Rank);
            if ((seen & 1 << axis) != 0)
                throw call.Invalid("its axes are not distinct");
            seen |= 1 << axis;
            long size = input.Dims[axis], step = steps[i];
            long start = Clamp(starts[i], size, step), end = Clamp(ends[i], size, step);
            dims[axis] = step > 0 ? Math.Max(0, (end - start - 1 + step) / step)
                : Math.Max(0, (start - end - 1 - step) / -step);
            if (dims[axis] == 0)
                throw call.Invalid("its output is empty");
            if (integers is not null)
                integers = [.. Enumerable.Range(0, (int)dims[axis]).Select(k => integers[start + k * step])];
        }
        return [new Value(input.Type, dims, integers)];

        static long Clamp(long index, long size, long step)
        {
            if (index < 0)
                index = index < -size ? -1 : index + size;
            return step > 0 ? Math.Clamp(index, 0, size) : Math.Clamp(index, -1, size - 1);
        }
    }

    public static Value[] Split(OperatorCall call)
    {
        Value input = call.Input(0);
        int axis = call.Axis(call.Integer("axis", 0), input.Rank), parts = call.Node.Output.Count;
        if (call.Optional(1) is null && call.Integer("num_outputs", 0) != parts)
            throw call.Invalid("its attribute 'num_outputs' is not the number of its outputs");
        long size = input.Dims[axis], part = (size + parts - 1) / parts;
        long[] sizes = call.OptionalIntegers(1)
            ?? [.. Enumerable.Range(0, parts).Select(i => i < parts - 1 ? part : size - part * (parts - 1))];
        if (sizes.Length != parts || sizes.Any(s => s < 1 || s > size) || sizes.Sum() != size)
            throw call.Invalid("its parts do not add up to its input");
        return [.. sizes.Select(s => Value.Of(input.Type, [.. input.Dims.Select((old, i) => i == axis ? s : old)]))];
    }

    public static Value[] Gather(OperatorCall call)
    {
        Value input = call.Input(0), indices = call.Input(1);
        int axis = call.Axis(call.Integer("axis", 0), input.Rank);
        long size = input.Dims[axis];
        if (indices.Type is not (DataType.Int64 or DataType.Int32)
            || indices.Integers?.Any(i => i < -size || i >= size) == true)
            throw call.Invalid("its indices are out of range");
        bool known = input is { Rank: 1, Integers: not null } && indices.Integers is not null;
        return [new Value(input.Type, [.. input.Dims[..axis], .. indices.Dims, .. input.Dims[(axis + 1)..]],
            known ? [.. indices.Integers!.Select(i => input.Integers![i < 0 ? i + size : i])] : null)];
    }

    public static Value[] Pad(OperatorCall call)
    {
        Value input = call.Input(0);
        long[] pads = call.Integers(1), dims = [.. input.Dims];
        int[]? axes = call.OptionalIntegers(3)?.Select(axis => call.Axis(axis, input.Rank)).ToArray();
        int count = axes?.Length ?? input.Rank;
        bool reflected = call.Text("mode", "constant") != "constant";
        if (pads.Length != 2 * count || axes?.Distinct().Count() < count)
            throw call.Invalid("its pads do not match its axes");
        for (int i = 0; i < count; i++)
        {
            int axis = axes?[i] ?? i;
            long before = pads[i], after = pads[i + count], size = input.Dims[axis];
            // Negative pads crop; reflection is limited by the opposite side.
            if (before < -size || after < -size || before > int.MaxValue || after > int.MaxValue
                || reflected && (Math.Min(before, after) < 0 || Math.Max(before, after) >= size))
                throw call.Invalid("its pads are larger than its input");
            dims[axis] = size + before + after;
            if (dims[axis] < 1)
                throw call.Invalid("its output is empty");
        }
        return [Value.Of(input.Type, dims)];
    }

    public static Value[] Expand(OperatorCall call)
    {
        long[] dims = call.Integers(1);
        return dims.All(size => size >= 1) ? [Value.Of(call.Input(0).Type, ElementRules.Broadcast(call, call.Input(0).Dims, dims))]
            : throw call.Invalid("its shape is not above 0");
    }

    public static Value[] Shape(OperatorCall call)
    {
        long[] dims = call.Input(0).Dims;
        int Bound(long index) => (int)Math.Clamp(index < 0 ? index + dims.Length : index, 0, dims.Length);
        int start = Bound(call.Integer("start", 0)), end = Bound(call.Integer("end", dims.Length));
        long[] part = start < end ? dims[start..end] : [];
        return [new Value(DataType.Int64, [part.Length], part)];
    }

    public static Value[] Constant(OperatorCall call)
    {
        if (call.Node.Attribute.Count != 1)
            throw call.Invalid("it must have exactly one attribute");
        AttributeProto attribute = call.Node.Attribute[0];
        return attribute.Name switch
        {
            "value" => [Value.FromTensor(call.Tensor("value")!)],
            "value_float" => [Value.Of(DataType.Float)],
            "value_floats" => [Value.Of(DataType.Float, attribute.Floats.Count)],
            "value_int" => [new Value(DataType.Int64, [], [call.Integer("value_int", 0)])],
            "value_ints" => [new Value(DataType.Int64, [attribute.Ints.Count], [.. attribute.Ints])],
            _ => throw call.Invalid($"its attribute '{attribute.Name}' is not a number or tensor"),
        };
    }

    public static Value[] DepthToSpace(OperatorCall call)
    {
        var (n, c, h, w, block) = Blocks(call);
        return c % (block * block) == 0 ? [Value.Of(call.Input(0).Type, n, c / (block * block), h * block, w * block)]
            : throw call.Invalid("its block size does not divide its channels");
    }

    public static Value[] SpaceToDepth(OperatorCall call)
    {
        var (n, c, h, w, block) = Blocks(call);
        return h % block == 0 && w % block == 0
            ? [Value.Of(call.Input(0).Type, n, c * block * block, h / block, w / block)]
            : throw call.Invalid("its block size does not divide its input");
    }

    private static (long N, long C, long H, long W, long Block) Blocks(OperatorCall call)
    {
        long block = call.Integer("blocksize", 0);
        return call.Input(0).Dims is [var n, var c, var h, var w] && block is > 0 and <= short.MaxValue
            ? (n, c, h, w, block) : throw call.Invalid("its input must be [N, C, H, W]");
    }
}
