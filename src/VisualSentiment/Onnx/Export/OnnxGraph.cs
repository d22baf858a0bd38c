using TorchSharp;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment;

/// <summary>
/// An ONNX graph under construction (operator set 18), to which modules add nodes and weights. Values are identified by
/// unique names; the same calls in the same order give the same graph.
/// </summary>
public sealed class OnnxGraph
{
    private readonly HashSet<string> _names = [];
    private readonly Action<string>? _reportUnsupported;
    private string _scope = "";

    /// <param name="reportUnsupported">Receives the modules that cannot be exported; null to throw for them.</param>
    internal OnnxGraph(Action<string>? reportUnsupported = null) => _reportUnsupported = reportUnsupported;

    internal GraphProto Proto { get; } = new();

    /// <summary>Adds a node of ONNX's default domain with one output.</summary>
    /// <param name="operation">The operator, such as <c>Conv</c>; docs/onnx-export.md lists all supported ones.</param>
    /// <param name="inputs">The names of the inputs; an empty name for an omitted optional input.</param>
    /// <param name="attributes">
    /// The attributes: <see cref="long"/>, <see cref="int"/>, <see cref="bool"/>, <see cref="float"/>, <see
    /// cref="double"/>, <see cref="string"/>, or an array of <see cref="long"/> or <see cref="float"/>.
    /// </param>
    /// <returns>The name of the output.</returns>
    /// <exception cref="ArgumentException">
    /// The operator is not supported, an input is not in the graph, or an attribute has another type.
    /// </exception>
    public string AddNode(
        string operation, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(attributes);
        if (!Operators.IsKnown(operation))
            throw new ArgumentException(
                $"The operator '{operation}' is not supported; docs/onnx-export.md lists the supported operators.",
                nameof(operation));
        return AddNamedNode(UniqueName(operation), operation, inputs, attributes);
    }

    /// <summary>Adds a constant of 32-bit floats.</summary>
    /// <param name="name">The name, such as <c>weight</c>; it is made unique.</param>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="shape">The shape; none for a scalar.</param>
    /// <returns>The unique name of the constant.</returns>
    /// <exception cref="ArgumentException">The number of elements does not match the shape.</exception>
    public string AddWeight(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        AddConstant(name, TensorProto.Types.DataType.Float, values, shape);

    /// <summary>Adds a constant of 64-bit integers, which operators take as sizes, axes and indices.</summary>
    /// <inheritdoc cref="AddWeight(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    public string AddIntegers(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) =>
        AddConstant(name, TensorProto.Types.DataType.Int64, values, shape);

    /// <summary>Adds a tensor, converted to 32-bit floats, as a constant.</summary>
    /// <param name="name">The name, such as <c>weight</c>; it is made unique.</param>
    /// <param name="value">The tensor, on any device and with any layout.</param>
    /// <returns>The unique name of the constant.</returns>
    public string AddWeight(string name, torch.Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var scope = torch.NewDisposeScope();
        using var plain = value.detach().cpu().to(torch.ScalarType.Float32).contiguous();
        return AddWeight(name, plain.data<float>().ToArray(), value.shape);
    }

    /// <summary>Adds the nodes of a supported TorchSharp module or an <see cref="IOnnxExportable"/>.</summary>
    /// <param name="name">The name of the module in its parent; a prefix of the names of its nodes and weights.</param>
    /// <param name="module">The module; it is exported in evaluation mode.</param>
    /// <param name="input">The name of the module's input.</param>
    /// <returns>The name of the module's output.</returns>
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
                throw new NotSupportedException($"{unsupported} cannot be exported to ONNX; "
                    + $"implement {nameof(IOnnxExportable)} or use another module.");
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

    /// <summary>Declares an output of the graph. The first dimension is the batch.</summary>
    internal void AddOutput(string name, TensorProto.Types.DataType type, params ReadOnlySpan<long> shape) =>
        Proto.Output.Add(GraphProtoExtensions.Describe(name, type, shape));

    /// <summary>Adds a node whose name and output are <paramref name="name"/>.</summary>
    internal string AddNamedNode(
        string name, string operation, IReadOnlyList<string> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        foreach (string input in inputs)
            if (input.Length > 0 && !_names.Contains(input))
                throw new ArgumentException($"The input '{input}' of {operation} is not in the graph; "
                    + "use the names that the methods of the graph return.", nameof(inputs));

        _names.Add(name);
        var node = new NodeProto { Name = name, OpType = operation, Input = { inputs }, Output = { name } };
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(OnnxAttributes.Create(attribute, value));
        Proto.Node.Add(node);
        return name;
    }

    private string AddConstant<T>(
        string name, TensorProto.Types.DataType type, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long count = 1;
        foreach (long size in shape)
            count = checked(count * size);
        if (count != values.Length)
            throw new ArgumentException(
                $"The constant '{name}' has {values.Length} values, but the shape "
                + $"[{string.Join(", ", shape.ToArray())}] has {count}.",
                nameof(shape));

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
