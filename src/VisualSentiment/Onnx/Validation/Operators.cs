namespace VisualSentiment.Onnx.Validation;

/// <summary>The shapes that a node makes of the shapes it reads.</summary>
internal delegate Value[] ShapeRule(OperatorCall call);

/// <summary>An operator that a student may have.</summary>
/// <param name="Shapes">The shapes of its outputs.</param>
/// <param name="ElementCost">What each element that it reads or writes costs, in multiply-adds of 0.3 ns.</param>
/// <param name="IsView">Whether its output takes no memory of its own.</param>
internal sealed record Operator(ShapeRule Shapes, int ElementCost = Operator.Cheap, bool IsView = false)
{
    /// <summary>5 ns.</summary>
    public const int Cheap = 16;

    /// <summary>20 ns.</summary>
    public const int Slow = 64;

    /// <summary>90 ns.</summary>
    public const int VerySlow = 320;
}

/// <summary>
/// The operators that a student may have: those that this library writes, and those of operator set 18 that a module of
/// the user's own may need. The size of everything they compute follows from the shapes of their inputs; there is no
/// control flow, and nothing random. docs/students.md lists them.
/// </summary>
internal static class Operators
{
    private static readonly Dictionary<string, Operator> All = Create();

    /// <summary>The names of the default domain's operators, in order.</summary>
    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string name) => All.ContainsKey(name);

    public static Operator? Find(string domain, string name) => domain.Length == 0 ? All.GetValueOrDefault(name) : null;

    private static Dictionary<string, Operator> Create()
    {
        Dictionary<string, Operator> all = [];
        Add(new(ElementRules.Unary), "Abs", "Ceil", "Clip", "Dropout", "Floor", "LeakyRelu", "Neg", "Not", "PRelu",
            "Reciprocal", "Relu", "Round", "Sign");
        Add(new(ElementRules.Unary, Operator.Slow), "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Celu", "Cos",
            "Cosh", "Elu", "Erf",
            "Exp", "HardSigmoid", "HardSwish", "Log", "Mish", "Selu", "Sigmoid", "Sin", "Sinh", "Softplus", "Softsign",
                "Sqrt", "Tan", "Tanh",
            "ThresholdedRelu");
        Add(new(ElementRules.Unary, Operator.Slow), "BatchNormalization", "GroupNormalization", "InstanceNormalization",
            "LayerNormalization",
            "LogSoftmax", "LpNormalization", "Softmax");
        Add(new(ElementRules.Unary, Operator.VerySlow), "LRN");
        Add(new(ElementRules.Unary, IsView: true), "Identity");
        Add(new(ElementRules.Broadcast, Operator.Slow), "Add", "And", "Div", "Max", "Mean", "Min", "Mod", "Mul", "Or",
            "Pow", "Sub", "Sum", "Xor");
        Add(new(ElementRules.Compare, Operator.Slow), "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual");
        Add(new(ElementRules.Where, Operator.Slow), "Where");
        Add(new(ElementRules.Cast), "Cast");
        Add(new(ElementRules.Quantize), "QuantizeLinear");
        Add(new(ElementRules.Dequantize), "DequantizeLinear");

        Add(new(WindowRules.Convolve), "Conv");
        Add(new(WindowRules.Pool), "AveragePool", "LpPool", "MaxPool");
        Add(new(WindowRules.PoolGlobally), "GlobalAveragePool", "GlobalMaxPool");
        Add(new(WindowRules.Resize, Operator.Cheap), "Resize");

        Add(new(ProductRules.Gemm), "Gemm");
        Add(new(ProductRules.MatMul), "MatMul");
        Add(new(ProductRules.Reduce, Operator.Slow), "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
            "ReduceMax", "ReduceMean", "ReduceMin",
            "ReduceProd", "ReduceSum", "ReduceSumSquare");
        Add(new(ProductRules.ArgReduce, Operator.Slow), "ArgMax", "ArgMin");

        Add(new(LayoutRules.Concat), "Concat");
        Add(new(LayoutRules.Constant), "Constant");
        Add(new(LayoutRules.DepthToSpace, Operator.Slow), "DepthToSpace");
        Add(new(LayoutRules.Expand), "Expand");
        Add(new(LayoutRules.Flatten, IsView: true), "Flatten");
        Add(new(LayoutRules.Gather, Operator.Slow), "Gather");
        Add(new(LayoutRules.Pad, Operator.Slow), "Pad");
        Add(new(LayoutRules.Reshape, IsView: true), "Reshape");
        Add(new(LayoutRules.Shape), "Shape");
        Add(new(LayoutRules.Slice, Operator.Slow), "Slice");
        Add(new(LayoutRules.SpaceToDepth, Operator.Slow), "SpaceToDepth");
        Add(new(LayoutRules.Split), "Split");
        Add(new(LayoutRules.Squeeze, IsView: true), "Squeeze");
        Add(new(LayoutRules.Transpose, Operator.Slow), "Transpose");
        Add(new(LayoutRules.Unsqueeze, IsView: true), "Unsqueeze");
        return all;

        void Add(Operator known, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                all.Add(name, known);
        }
    }
}
