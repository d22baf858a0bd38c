namespace VisualSentiment.Onnx.Validation;

/// <summary>Computes the output shapes of a node from its input shapes.</summary>
internal delegate Value[] ShapeRule(OperatorCall call);

/// <summary>An operator that a student may have.</summary>
/// <param name="Shapes">The rule for its output shapes.</param>
/// <param name="ElementCost">The cost per element that it reads or writes, in multiply-adds of 0.3 ns.</param>
/// <param name="IsView">Whether its output shares the memory of its input.</param>
internal sealed record Operator(ShapeRule Shapes, int ElementCost = Operator.Cheap, bool IsView = false)
{
    // 5, 20 and 90 ns.
    public const int Cheap = 16, Slow = 64, VerySlow = 320;
}

/// <summary>
/// The operators that a student may have: those that this library writes, and those of operator set 18 that custom
/// modules may need. All sizes follow from the shapes of the inputs; there is no control flow, and nothing random.
/// docs/onnx-export.md lists them.
/// </summary>
internal static class Operators
{
    private static readonly Dictionary<string, Operator> All = new (Operator Operator, string Names)[]
    {
        (new(ElementRules.Unary), "Abs Ceil Clip Dropout Floor LeakyRelu Neg Not PRelu Reciprocal Relu Round Sign"),
        (new(ElementRules.Unary, Operator.Slow), "Acos Acosh Asin Asinh Atan Atanh Celu Cos Cosh Elu Erf Exp HardSigmoid "
            + "HardSwish Log Mish Selu Sigmoid Sin Sinh Softplus Softsign Sqrt Tan Tanh ThresholdedRelu BatchNormalization "
            + "GroupNormalization InstanceNormalization LayerNormalization LogSoftmax LpNormalization Softmax"),
        (new(ElementRules.Unary, Operator.VerySlow), "LRN"),
        (new(ElementRules.Unary, IsView: true), "Identity"),
        (new(ElementRules.Broadcast, Operator.Slow), "Add And Div Max Mean Min Mod Mul Or Pow Sub Sum Xor"),
        (new(ElementRules.Compare, Operator.Slow), "Equal Greater GreaterOrEqual Less LessOrEqual"),
        (new(ElementRules.Where, Operator.Slow), "Where"),
        (new(ElementRules.Cast), "Cast"),
        (new(ElementRules.Quantize), "QuantizeLinear"),
        (new(ElementRules.Dequantize), "DequantizeLinear"),
        (new(WindowRules.Convolve), "Conv"),
        (new(WindowRules.Pool), "AveragePool LpPool MaxPool"),
        (new(WindowRules.PoolGlobally), "GlobalAveragePool GlobalMaxPool"),
        (new(WindowRules.Resize), "Resize"),
        (new(ProductRules.Gemm), "Gemm"),
        (new(ProductRules.MatMul), "MatMul"),
        (new(ProductRules.Reduce, Operator.Slow), "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean "
            + "ReduceMin ReduceProd ReduceSum ReduceSumSquare"),
        (new(ProductRules.ArgReduce, Operator.Slow), "ArgMax ArgMin"),
        (new(LayoutRules.Concat), "Concat"),
        (new(LayoutRules.Constant), "Constant"),
        (new(LayoutRules.DepthToSpace, Operator.Slow), "DepthToSpace"),
        (new(LayoutRules.Expand), "Expand"),
        (new(LayoutRules.Flatten, IsView: true), "Flatten"),
        (new(LayoutRules.Gather, Operator.Slow), "Gather"),
        (new(LayoutRules.Pad, Operator.Slow), "Pad"),
        (new(LayoutRules.Reshape, IsView: true), "Reshape"),
        (new(LayoutRules.Shape), "Shape"),
        (new(LayoutRules.Slice, Operator.Slow), "Slice"),
        (new(LayoutRules.SpaceToDepth, Operator.Slow), "SpaceToDepth"),
        (new(LayoutRules.Split), "Split"),
        (new(LayoutRules.Squeeze, IsView: true), "Squeeze"),
        (new(LayoutRules.Transpose, Operator.Slow), "Transpose"),
        (new(LayoutRules.Unsqueeze, IsView: true), "Unsqueeze"),
    }.SelectMany(entry => entry.Names.Split(' ').Select(name => (name, entry.Operator))).ToDictionary();

    /// <summary>The names of the operators, all of ONNX's default domain, in order.</summary>
    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string name) => All.ContainsKey(name);

    public static Operator? Find(string domain, string name) => domain.Length == 0 ? All.GetValueOrDefault(name) : null;
}
