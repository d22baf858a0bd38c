using TorchSharp;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Onnx;

namespace VisualSentiment;

/// <summary>
/// An ONNX graph under construction (operator set 18), to which modules add nodes and weights. Values are known by name;
/// every name is unique, and the same calls in the same order give the same graph.
/// </summary>
public sealed class OnnxGraph
{
    private readonly HashSet<string> _names = [];
    private readonly Action<string>? _reportUnsupported;
    private string _scope = "";

    /// <param name="reportUnsupported">Told of every module that cannot be exported; without it they are an error.</param>
    internal OnnxGraph(Action<string>? reportUnsupported = null) => _reportUnsupported = reportUnsupported;

    internal GraphProto Proto { get; } = new();

    /// <summary>Adds a node of ONNX's default domain with one output.</summary>
    /// <param name="operation">The operator, such as <c>Conv</c> or <c>Add</c>; one of those that docs/students.md lists.</param>
    /// <param name="inputs">The names of its inputs; an empty name leaves an optional input out.</param>
    /// <param name="attributes">
    /// Its attributes: <see cref="long"/>, <see cref="int"/>, <see cref="bool"/>, <see cref="float"/>, <see cref="double"/>,
    /// <see cref="string"/>, or an array of <see cref="long"/> or <see cref="float"/>.
    /// </param>
    /// <returns>The name of the output.</returns>
    /// <exception cref="ArgumentException">
    /// The operator is unknown, an input is not in the graph yet, or an attribute is of another type.
    /// </exception>
    public string AddNode(string operation, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(attributes);
        if (!Operators.IsKnown(operation))
            throw new ArgumentException($"'{operation}' is none of the operators that a student may have; docs/students.md lists them", nameof(operation));
        return AddNamedNode(UniqueName(operation), operation, inputs, attributes);
    }

    /// <summary>Adds a constant of 32-bit floats.</summary>
    /// <param name="name">What it is called, such as <c>weight</c>; made unique where it is not.</param>
    /// <param name="values">Its elements in row-major order.</param>
    /// <param name="shape">Its shape; none for a scalar.</param>
    /// <returns>The name of the constant's value.</returns>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public string AddWeight(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        AddConstant(name, TensorProto.Types.DataType.Float, values, shape);

    /// <summary>Adds a constant of 64-bit integers, as operators take sizes, axes and indices.</summary>
    /// <inheritdoc cref="AddWeight(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    public string AddIntegers(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) =>
        AddConstant(name, TensorProto.Types.DataType.Int64, values, shape);

    /// <summary>Adds a tensor's values, as 32-bit floats, as a constant of the tensor's shape.</summary>
    /// <param name="name">What it is called, such as <c>weight</c>; made unique where it is not.</param>
    /// <param name="value">The tensor, on any device and of any layout.</param>
    /// <returns>The name of the constant's value.</returns>
    public string AddWeight(string name, torch.Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var scope = torch.NewDisposeScope();
        using var plain = value.detach().cpu().to(torch.ScalarType.Float32).contiguous();
        return AddWeight(name, plain.data<float>().ToArray(), value.shape);
    }

    /// <summary>Adds the nodes of a module: one the exporter knows, a <c>Sequential</c>, or an <see cref="IOnnxExportable"/>.</summary>
    /// <param name="name">What the module is called in its parent; it leads the names of its nodes and weights.</param>
    /// <param name="module">The module; it is exported as it computes in evaluation mode.</param>
    /// <param name="input">The name of the value that the module is applied to.</param>
    /// <returns>The name of the value that holds the module's output.</returns>
    /// <exception cref="NotSupportedException">The module cannot be exported.</exception>
    public string AddModule(string name, torch.nn.Module module, string input)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(module);
        string parent = _scope;
        _scope = Qualify(name);
        try
        {
            if (ModuleExporter.TryExport(this, module, input) is { } output)
                return output;
            string unsupported = $"{_scope} ({module.GetType().Name})".TrimStart();
            if (_reportUnsupported is null)
                throw new NotSupportedException(
                    $"{unsupported} cannot be exported to ONNX; implement {nameof(IOnnxExportable)} or use another module");
            _reportUnsupported(unsupported);
            return input;
        }
        finally
        {
            _scope = parent;
        }
    }

    /// <summary>Declares an input of the graph.</summary>
    internal string AddInput(string name, TensorProto.Types.DataType type, params ReadOnlySpan<long> shape)
    {
        _names.Add(name);
        Proto.Input.Add(GraphProtoExtensions.Describe(name, type, shape));
        return name;
    }

    /// <summary>Makes a value an output of the graph. The first dimension is the batch.</summary>
    internal void AddOutput(string name, TensorProto.Types.DataType type, params ReadOnlySpan<long> shape) =>
        Proto.Output.Add(GraphProtoExtensions.Describe(name, type, shape));

    /// <summary>Adds a node whose output and name are exactly <paramref name="name"/>.</summary>
    internal string AddNamedNode(
        string name, string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        foreach (string input in inputs)
            if (input.Length > 0 && !_names.Contains(input))
                throw new ArgumentException(
                    $"the input '{input}' of {operation} is not in the graph; use the names that its methods return", nameof(inputs));

        _names.Add(name);
        var node = new NodeProto { Name = name, OpType = operation, Input = { inputs }, Output = { name } };
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(OnnxAttributes.Create(attribute, value));
        Proto.Node.Add(node);
        return name;
    }

    private string AddConstant<T>(string name, TensorProto.Types.DataType type, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long count = 1;
        foreach (long size in shape)
            count = checked(count * size);
        if (count != values.Length)
            throw new ArgumentException(
                $"the constant '{name}' has {values.Length} values, its shape [{string.Join(", ", shape.ToArray())}] {count}", nameof(shape));

        string unique = UniqueName(name);
        Proto.Initializer.Add(OnnxTensors.Create(unique, type, values, shape));
        return unique;
    }

    private string UniqueName(string name)
    {
        string wanted = Qualify(name), unique = wanted;
        for (int i = 2; !_names.Add(unique); i++)
            unique = $"{wanted}_{i}";
        return unique;
    }

    private string Qualify(string name) => _scope.Length == 0 ? name : name.Length == 0 ? _scope : $"{_scope}.{name}";
}
