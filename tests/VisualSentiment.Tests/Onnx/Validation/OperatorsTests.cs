using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Tests.Support;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Tests.Onnx.Validation;

/// <summary>The shapes that validation finds are those that ONNX Runtime computes.</summary>
public class OperatorsTests
{
    private readonly OnnxGraph _graph = new();
    private readonly Random _random = new(3);

    /// <summary>
    /// Operators with inputs and attributes, in which F[...] is a float value of a shape that follows from the image,
    /// and I[...] are constants.
    /// </summary>
    public static TheoryData<string> Calls =>
    [
        .. "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Dropout Elu Erf Exp Floor HardSigmoid HardSwish Identity LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh ThresholdedRelu".Split(' ').Select(name => $"{name} F[1,3,8,6]"),
        "Clip F[1,3,8,6] F[] F[]", "PRelu F[1,3,8,6] F[3,1,1]", "BatchNormalization F[1,3,8,6] F[3] F[3] F[3] F[3]",
            "GroupNormalization F[1,4,8,6] F[2] F[2] num_groups=2",
        "InstanceNormalization F[1,3,8,6] F[3] F[3]", "LayerNormalization F[1,3,8,6] F[6] F[6]",
            "LpNormalization F[1,3,8,6] axis=1", "LRN F[1,3,8,6] size=3",
        "Softmax F[1,3,8,6] axis=1", "LogSoftmax F[1,3,8,6] axis=-1",
        .. "Add Div Max Mean Min Mul Pow Sub Sum".Split(' ').SelectMany(name =>
            (string[])[$"{name} F[1,3,8,6] F[8,1]", $"{name} F[6] F[2,3,1,6]"]),
        "Mod F[1,3,8,6] F[6] fmod=1", "Sum F[1,3] F[2,1] F[3]", "Equal F[1,3,8,6] F[6]", "Greater F[1,3] F[2,3]",
            "GreaterOrEqual F[1,3] F[2,3]", "Less F[1,3] F[2,3]", "LessOrEqual F[1,3] F[2,3]",
        "And B[1,3] B[2,3]", "Or B[1,3] B[2,3]", "Xor B[1,3] B[2,3]", "Not B[1,3]", "Where B[1,3,1] F[1,1,4] F[4]",
            "Cast F[1,3] to=7", "Cast F[1,3] to=9",
        "QuantizeLinear F[1,3,8,6] F[]", "QuantizeLinear F[1,3,8,6] F[3] axis=1", "DequantizeLinear U[1,3,8,6] F[]",
        "Conv F[1,4,8,6] F[5,4,3,2]", "Conv F[1,4,8,6] F[6,2,3,3] F[6] group=2 pads=1,2,0,1 strides=2,3 dilations=2,1",
            "Conv F[1,4,9,7] F[5,4,3,3] strides=2,2 auto_pad=SAME_UPPER",
        "Conv F[1,4,9,7] F[5,4,3,3] strides=2,2 auto_pad=VALID", "Conv F[1,4,9] F[5,4,3]",
            "Conv F[1,2,5,6,7] F[3,2,2,2,2]", "Conv F[1,4,8,6] F[5,4,1,1] pads=2,2,2,2",
        "MaxPool F[1,4,9,7] kernel_shape=3,2 strides=2,2 pads=1,0,1,0",
            "MaxPool F[1,4,9,7] kernel_shape=2,2 strides=2,2 ceil_mode=1",
            "MaxPool F[1,4,8,7] kernel_shape=3,3 strides=2,3 pads=1,1,1,1 ceil_mode=1",
        "MaxPool F[1,4,5,5] kernel_shape=2,2 strides=3,3 pads=1,1,1,1 ceil_mode=1",
            "MaxPool F[1,4,9,7] kernel_shape=3,3 dilations=2,2",
            "MaxPool F[1,4,4,4] kernel_shape=1,1 strides=3,3 ceil_mode=1",
        "MaxPool F[1,4,6,6] kernel_shape=1,1 strides=4,4 ceil_mode=1",
            "AveragePool F[1,4,9,7] kernel_shape=3,2 strides=2,2 pads=1,0,1,0",
            "AveragePool F[1,4,6,6] kernel_shape=2,2 strides=4,4 pads=0,0,1,1 ceil_mode=1",
            "LpPool F[1,4,9,7] kernel_shape=3,2",
        "GlobalAveragePool F[1,4,9,7]", "GlobalMaxPool F[1,4,9]", "Resize F[1,4,9,7] - - I[1,4,5,20]",
            "Resize F[1,4,9,7] - - I[5,20] axes=2,3 mode=linear", "Resize F[1,4,9,7] - - I[1,4,18,14] mode=cubic",
        "Gemm F[2,3] F[3,4]", "Gemm F[3,2] F[4,3] F[4] transA=1 transB=1", "MatMul F[2,3] F[3,4]",
            "MatMul F[5,1,2,3] F[4,3,2]", "MatMul F[3] F[3,4]", "MatMul F[2,3] F[3]", "MatMul F[4] F[4]",
        .. "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".Split(' ').SelectMany(name =>
            (string[])[$"Reduce{name} F[2,3,4] I[0,-1]", $"Reduce{name} F[2,3,4] I[1] keepdims=0", $"Reduce{name} F[2,3,4]"]),
        "ReduceMean F[2,3,4] - noop_with_empty_axes=1", "ArgMax F[2,3,4] axis=1", "ArgMin F[2,3,4] axis=-1 keepdims=0",
        "Concat F[1,3,4] F[1,2,4] axis=1", "Concat F[1,3,4] F[1,3,1] axis=-1", "DepthToSpace F[1,8,3,5] blocksize=2",
            "SpaceToDepth F[1,2,6,10] blocksize=2", "Expand F[3,1] I[2,1,6]", "Expand F[1,3,1] I[1]",
        "Flatten F[2,3,4]", "Flatten F[2,3,4] axis=0", "Flatten F[2,3,4] axis=3", "Flatten F[2,3,4] axis=-1",
            "Gather F[2,3,4] I[2,0] axis=1", "Gather F[2,3,4] I[-1] axis=-1",
        "Pad F[2,3,4] I[0,1,2,3,0,1]", "Pad F[2,3,4] I[0,-1,0,0,0,2]", "Pad F[2,3,4] I[1,2] - I[-1]",
            "Pad F[2,3,4] I[0,0,3,0,0,3] mode=reflect",
        "Reshape F[2,3,4] I[4,-1]", "Reshape F[2,3,4] I[0,0,2,-1]", "Shape F[2,3,4]", "Shape F[2,3,4] start=1",
            "Shape F[2,3,4] start=-2 end=-1",
        "Slice F[2,8,4] I[1] I[-1] I[1]", "Slice F[2,8,4] I[-1] I[-100] I[1] I[-3]",
            "Slice F[2,8,4] I[0,1] I[1,7] I[0,1] I[1,2]", "Slice F[8,4] I[1] I[100]",
        "Split F[2,7,4] axis=1 num_outputs=2", "Split F[2,7,4] I[3,4] axis=1", "Squeeze F[1,3,1,4]",
            "Squeeze F[1,3,1,4] I[-2]", "Transpose F[2,3,4]", "Transpose F[2,3,4] perm=1,2,0",
            "Unsqueeze F[3,4] I[0,-1]", "Unsqueeze F[3,4] I[2]",
        "Constant value_float=1.5", "Constant value_floats=1.5,2", "Constant value_int=3", "Constant value_ints=3,4,5",
    ];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Shape_is_that_of_ONNX_Runtime(string call)
    {
        string[] parts = call.Split(' ');
        _graph.AddInput("x", DataType.Float, 1);
        string[] inputs = [.. parts.Skip(1).Where(part => !part.Contains('=')).Select(AddInput)];
        var attributes = parts.Skip(1).Where(part => part.Contains('=')).Select(part => part.Split('=')).Select(pair =>
            (pair[0], Parse(pair[0], pair[1]))).ToArray();
        string output = _graph.AddNode(parts[0], inputs, attributes);
        if (parts[0] == "Split")
            _graph.Proto.Node[^1].Output.Add("second");

        Value expected = GraphCheck.Run(_graph.Proto, 0)[output];

        Assert.Equal(Compute(output), expected.ToString());
    }

    [Fact]
    public void Every_operator_is_tested() =>
        Assert.Equal(Operators.Names, Calls.Select(call =>
            call.Data.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_operator_is_documented()
    {
        string docs = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot(), "docs", "onnx-export.md"));

        Assert.All(Operators.Names, name => Assert.Contains($"`{name}`", docs));
    }

    [Fact]
    public void Shapes_that_are_computed_from_shapes_are_known()
    {
        string x = _graph.AddInput("x", DataType.Float, 12);
        string shape = _graph.AddNode("Shape", [x]);
        string batch = _graph.AddNode("Gather", [shape, _graph.AddIntegers("zero", [0])], ("axis", 0));
        string rest = _graph.AddNode("Div", [_graph.AddNode("Slice", [shape, _graph.AddIntegers("one", [1], 1),
            _graph.AddIntegers("two", [2], 1)]), _graph.AddIntegers("four", [4])]);
        string wanted = _graph.AddNode("Concat", [_graph.AddNode("Unsqueeze", [batch, _graph.AddIntegers("axis", [0],
            1)]), rest, _graph.AddIntegers("last", [-1], 1)], ("axis", 0));

        string result = _graph.AddNode("Reshape", [x, wanted]);

        Assert.Equal("Float [1, 3, 4]", GraphCheck.Run(_graph.Proto, 0)[result].ToString());
    }

    [Fact]
    public void Operator_outside_the_list_is_rejected_when_it_is_added()
    {
        string x = _graph.AddInput("x", DataType.Float, 12);

        var error = Assert.Throws<ArgumentException>(() => _graph.AddNode("Loop", [x]));

        Assert.Contains("'Loop'", error.Message);
        Assert.Contains("docs/onnx-export.md", error.Message);
    }

    private string AddInput(string text)
    {
        if (text == "-")
            return "";
        long[] numbers = [.. text[2..^1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        if (text[0] == 'I')
            return _graph.AddIntegers("integers", numbers, numbers.Length);
        int count = (int)numbers.Aggregate(1L, (product, size) => product * size);
        float[] values = [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle() + 0.1f)];
        string constant = _graph.AddWeight("weights", values, numbers);
        // Sums with the image, so that nothing is a constant.
        string value = numbers.Length == 0 ? constant : _graph.AddNode("Add", [constant, _graph.AddNode("Reshape", ["x",
            _graph.AddIntegers("scalar", [1], 1)])]);
        return text[0] switch
        {
            'B' => _graph.AddNode("Cast", [value], ("to", (int)DataType.Bool)),
            'U' => _graph.AddNode("Cast", [value], ("to", (int)DataType.Uint8)),
            _ => value,
        };
    }

    private static object Parse(string name, string text) => name switch
    {
        "value_float" => float.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
        "value_floats" => text.Split(',').Select(number => float.Parse(number,
            System.Globalization.CultureInfo.InvariantCulture)).ToArray(),
        "kernel_shape" or "pads" or "strides" or "dilations" or "axes" or "perm" or "value_ints" =>
            text.Split(',').Select(long.Parse).ToArray(),
        _ => long.TryParse(text, out long number) ? number : text,
    };

    /// <summary>Type and shape of a value, computed on one image.</summary>
    private string Compute(string output)
    {
        _graph.Proto.Name = "test";
        _graph.Proto.Output.Add(new ValueInfoProto { Name = output });
        var model = new ModelProto { IrVersion = 8, Graph = _graph.Proto,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = ModelNames.OperatorSetVersion } } };
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model.ToByteArray(), options);
        using var run = new RunOptions();
        using var x = OrtValue.CreateTensorValueFromMemory([0.5f], [1, 1]);
        using var results = session.Run(run, ["x"], [x], [output]);
        var info = results[0].GetTensorTypeAndShape();
        return $"{Enum.Parse<DataType>(info.ElementDataType.ToString(), ignoreCase: true)} [{string.Join(", ", info.Shape)}]";
    }
}
