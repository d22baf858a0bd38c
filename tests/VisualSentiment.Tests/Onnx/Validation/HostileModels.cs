using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Support;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;
using Kind = VisualSentiment.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace VisualSentiment.Tests.Onnx.Validation;

/// <summary>
/// Model files that were made to read other files, to take all memory or time, or to end the process.
/// </summary>
internal static class HostileModels
{
    private const int Field = 3, LengthDelimited = 2;

    /// <summary>The ONNX files, each with a part of the message that refuses it.</summary>
    public static readonly IReadOnlyDictionary<string, (Func<byte[]> Create,
        string Reason)> OnnxFiles = new Dictionary<string, (Func<byte[]>, string)>
    {
        ["external initializer"] = (() => External(tensor => Student(graph =>
        {
            TensorProto weights = graph.Initializer.First(constant => constant.Name == "fc.weight");
            weights.ClearRawData();
            weights.MergeFrom(tensor);
        })), "external data"),
        ["external location without entries"] = (() => Student(graph =>
            graph.Initializer[0].MergeFrom(Encoded(14, 1))), "external data"),
        ["external sparse initializer"] = (() => External(tensor => Student(graph =>
            graph.MergeFrom(Nested(Nested(tensor, 1), 15)))), "sparse tensors"),
        ["external constant"] = (() => External(tensor => Student(graph =>
            Constant(graph, new TensorProto(), tensor))), "external data"),
        ["external in a subgraph"] = (() => External(tensor => Student(graph =>
            Attribute(graph, Nested(Nested(tensor, 5), 6)))), "a graph in a node"),
        ["external in a function"] = (() => External(tensor => Model(model =>
            model.MergeFrom(Nested(Nested(Nested(Nested(tensor, 5), 5), 7), 25)))), "functions"),
        ["external in a list of tensors"] = (() => External(tensor => Student(graph =>
            Attribute(graph, Nested(tensor, 10)))), "an attribute that is not a number"),
        ["external in a sparse attribute"] = (() => External(tensor => Student(graph =>
            Attribute(graph, Nested(Nested(tensor, 1), 22)))), "sparse tensors"),
        ["subgraph"] = (() => Student(graph => Attribute(graph, Nested([], 6))), "a graph in a node"),
        ["function"] = (() => Model(model => model.MergeFrom(Nested([], 25))), "functions"),
        ["training information"] = (() => Model(model => model.MergeFrom(Nested([], 20))), "training information"),
        ["nested graphs"] = (() => [.. Student(_ => { }), .. Deep(80)], "a graph in a node"),

        ["loop of 2^62 steps"] = (() => Before(graph => Node(graph, "Loop", [Integer(graph, 1L << 62), ""])),
            "operator 'Loop'"),
        ["condition"] = (() => Before(graph => Node(graph, "If", [Integer(graph, 1)])), "operator 'If'"),
        ["random numbers"] = (() => Before(graph => Node(graph, "RandomNormal", [])), "operator 'RandomNormal'"),
        ["another domain"] = (() => Student(graph => graph.Node[0].Domain = "com.microsoft"),
            "operator 'com.microsoft."),
        ["alias of the default domain"] = (() => Student(graph =>
            graph.Node[0].Domain = "ai.onnx"), "operator 'ai.onnx."),
        ["constant of 1 G numbers"] = (() => Before(graph =>
            Node(graph, "ConstantOfShape", [Integers(graph, 1 << 30)])), "operator 'ConstantOfShape'"),
        ["expansion to 64 GB"] = (() => Before(graph => Node(graph, "Expand", [Number(graph), Integers(graph, 1 << 17,
            1 << 17)])), "are allowed"),
        ["product of two vectors"] = (() => Before(graph => Node(graph, "MatMul", [Expand(graph, 1 << 16, 1),
            Expand(graph, 1, 1 << 16)])), "are allowed"),
        ["broadcast sum"] = (() => Before(graph => Node(graph, "Add", [Expand(graph, 1 << 16, 1), Expand(graph, 1,
            1 << 16)])), "are allowed"),
        ["broadcast slope"] = (() => Before(graph => Node(graph, "PRelu", [Expand(graph, 1 << 16, 1), Expand(graph, 1,
            1 << 16)])), "its slope does not match"),
        ["padding to 64 GB"] = (() => Before(graph => Node(graph, "Pad", [Number(graph), Integers(graph, 1 << 30, 0)])),
            "are allowed"),
        ["resized to 64 GB"] = (() => Before(graph => Node(graph, "Resize", [Expand(graph, 1, 1), "", "",
            Integers(graph, 1 << 17, 1 << 17)])), "are allowed"),
        ["convolution with padding of 2^40"] = (() => Before(graph =>
            Convolve(graph, ("pads", new[] { 1L << 40, 0, 0, 0 }))), "'pads'"),
        ["convolution with a stride of 0"] = (() => Before(graph =>
            Convolve(graph, ("strides", new[] { 0L, 0 }))), "'strides'"),
        ["pooling with a window of 2^40"] = (() => Before(graph =>
            Node(graph, "MaxPool", [Image(graph)], ("kernel_shape", new[] { 1L << 40, 1 }))), "'kernel_shape'"),
        ["division of the smallest number by -1"] = (() => Before(graph =>
            Node(graph, "Div", [Node(graph, "Cast", ["pixels"], ("to", 7)), Integers(graph, -1)])),
            "integers may only be divided"),
        ["division by a computed 0"] = (() => Before(graph =>
            Node(graph, "Mod", ["pixels", "pixels"])), "integers may only be divided"),
        ["normalization over 2^31 channels"] = (() => Before(graph =>
            Node(graph, "LRN", [Image(graph)], ("size", 2_000_000_001))), "'size' is larger"),
        ["many large values"] = (() => Before(graph =>
        {
            for (int i = 0; i < 64; i++)
                Expand(graph, 1 << 22);
        }), "loading it and computing one image"),
        ["many products"] = (() => Before(graph =>
        {
            string value = Expand(graph, 1 << 10, 1 << 10);
            for (int i = 0; i < 20; i++)
                value = Node(graph, "MatMul", [value, value]);
        }), "multiply-adds"),
        ["many tiny products"] = (() => Before(graph =>
        {
            string value = Expand(graph, 1 << 22, 1, 1);
            for (int i = 0; i < 6; i++)
                value = Node(graph, "MatMul", [value, value]);
        }), "multiply-adds"),
        ["large windows"] = (() => Before(graph => Node(graph, "MaxPool", [Image(graph)], ("kernel_shape", new[] { 201L,
            201 }), ("pads", new[] { 100L, 100, 100, 100 }))), "multiply-adds"),
        ["10,000 nodes"] = (() => Before(graph =>
        {
            string value = Number(graph);
            for (int i = 0; i < 10_000; i++)
                value = Node(graph, "Relu", [value]);
        }), "nodes and"),
        ["15 million empty nodes"] = (() => [.. Student(_ =>
            { }), .. Nested(Repeat([(1 << Field) | LengthDelimited, 0], 15_000_000), 7)], "more than 200000 fields"),
        ["packed numbers"] = (() => Student(graph => graph.Initializer[0].MergeFrom(Nested(new byte[30_000_000], 7))),
            "integers take more than"),
        ["one long name"] = (() => Student(graph => graph.Name = new string('x', 30_000_000)),
            "integers take more than"),
        ["100 MB"] = (() => [.. Student(_ => { }), .. Nested(new byte[100 << 20], 100)], "are allowed"),

        ["short weights"] = (() => Student(graph => graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3, 4)),
            "elements instead of"),
        ["no weights"] = (() => Student(graph => graph.Initializer[0].ClearRawData()), "0 elements instead of"),
        ["weights of half a number"] = (() => Student(graph =>
            graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3)), "elements instead of"),
        ["weights given twice"] = (() => Student(graph => graph.Initializer[0].FloatData.Add(1)),
            "elements instead of"),
        ["huge dimensions"] = (() => Student(graph => graph.Initializer[0].Dims[0] = long.MaxValue), "are allowed"),
        ["dimensions whose product overflows"] = (() => Student(graph =>
            Dims(graph.Initializer[0], 1L << 32, 1L << 32)), "are allowed"),
        ["negative dimension"] = (() => Student(graph => graph.Initializer[0].Dims[0] = -1), "with the shape"),
        ["64 dimensions"] = (() => Student(graph => graph.Initializer[0].Dims.AddRange(Enumerable.Repeat(1L, 64))),
            "dimensions; at most 8"),
        ["unknown type"] = (() => Student(graph => graph.Initializer[0].DataType = 99), "values of the type 99"),
        ["double precision"] = (() => Student(graph => graph.Initializer[0].DataType = (int)DataType.Double),
            "values of the type Double"),
        ["initializer twice"] = (() => Student(graph => graph.Initializer.Add(graph.Initializer[0].Clone())),
            "used for several values"),
        ["initializer named as the input"] = (() => Student(graph =>
            graph.Initializer[0].Name = "pixels"), "used for several values"),
        ["initializer without a name"] = (() => Student(graph => graph.Initializer[0].Name = ""), "used for several values"),
        ["value given twice"] = (() => Student(graph => graph.Node[1].Output[0] = graph.Node[0].Output[0]),
            "used for several values"),
        ["cycle"] = (Cycle, "which is not defined before it"),
        ["order"] = (() => Student(graph =>
        {
            NodeProto last = graph.Node[^1];
            graph.Node.RemoveAt(graph.Node.Count - 1);
            graph.Node.Insert(0, graph.Node[^1].Clone());
        }), "which is not defined before it"),
        ["missing value"] = (() => Student(graph => graph.Node[1].Input[0] = "nowhere"),
            "reads 'nowhere', which is not defined before it"),
        ["missing input"] = (() => Student(graph => graph.Node[1].Input.Clear()), "it has no input 1"),
        ["attribute twice"] = (() => Student(graph => graph.Node[0].Attribute.Add([new AttributeProto { Name = "a",
            Type = Kind.Int }, new AttributeProto { Name = "a", Type = Kind.Int }])), "an invalid attribute 'a'"),
        ["attribute of two types"] = (() => Student(graph =>
            graph.Node[0].Attribute.Add(new AttributeProto { Name = "a", Type = Kind.Int, F = 1 })),
            "an invalid attribute 'a'"),
        ["attribute of another type"] = (() => Before(graph =>
            Convolve(graph, ("group", 1.5f))), "its attribute 'group' has the type Float"),
        ["several outputs"] = (() => Student(graph => graph.Output.Add(GraphProtoExtensions.Describe("more", DataType.Float,
            [3]))), "and its outputs Score"),
        ["output that is not computed"] = (() => Student(graph =>
            graph.Output.Add(GraphProtoExtensions.Describe("evidence", DataType.Float, [3, 7, 7]))), "is computed as nothing"),
        ["output of another shape"] = (() => Student(graph => graph.Output.Single(o =>
            o.Name == "Score").Type.TensorType.ElemType = (int)DataType.Int64), "and its outputs Score"),
        ["another operator set"] = (() => Model(model => model.OpsetImport[0].Version = 9), "its operator sets are"),
        ["operator set twice"] = (() => Model(model => model.OpsetImport.Add(model.OpsetImport[0].Clone())),
            "its operator sets are"),
        ["graph missing"] = (() => Model(model => model.Graph = null), "not a complete ONNX model"),
        ["group"] = (() => [.. Student(_ => { }), (30 << Field) | 3, 1, (30 << Field) | 4, 1], "not a complete ONNX model"),
    };

    /// <summary>The zip files, each with a part of the message that refuses it.</summary>
    public static readonly IReadOnlyDictionary<string, (Func<byte[]> Create,
        string Reason)> ZipFiles = new Dictionary<string, (Func<byte[]>, string)>
    {
        ["bomb of 1 GB"] = (() => Zip(("OnnxModel", Zeros(1 << 30))), "1024 MB; at most"),
        ["bomb behind a header of 100 bytes"] = (() => Patch(Zip(("OnnxModel", Zeros(1 << 28))), central: 24,
            BitConverter.GetBytes(100)), "checksum"),
        ["four bombs below the limit"] = (() => Zip([.. Enumerable.Range(0, 4).Select(i =>
            ($"{i}/OnnxModel", Zeros(30 << 20)))]), "instead of 0"),
        ["100,000 entries"] = (() => Zip([.. Enumerable.Range(0, 100_000).Select(i => ($"{i}", (Action<Stream>)(_ =>
            { })))]), "65,535 entries"),
        ["60,000 entries"] = (() => Zip([.. Enumerable.Range(0, 60_000).Select(i => ($"{i}", (Action<Stream>)(_ =>
            { })))]), "more than 4096 entries"),
        ["damaged entry"] = (() => Damage(ZipOf(ExportedStudent.Create())), "checksum"),
        ["other checksum"] = (() => Patch(ZipOf(ExportedStudent.Create()), central: 16, [1, 2, 3, 4]), "checksum"),
        ["entry of 2 bytes"] = (() => Zip(("OnnxModel", stream => stream.Write([1, 2]))), "is truncated"),
        ["entry with another length"] = (() => Zip(("OnnxModel", stream => stream.Write([9, 0, 0, 0, 1]))), "instead of 9"),
        ["a list of entries behind the end"] = (() =>
            [.. "PK\x5\x6"u8, .. new byte[12], 0, 0, 0, 0xF0, 0, 0], "list of entries begins after its end"),
        ["no list of entries"] = (() => [.. "PK\x3\x4"u8, .. new byte[100]], "list of entries is missing"),
    };

    /// <summary>A zip file as ML.NET keeps an ONNX model, uncompressed.</summary>
    public static byte[] ZipOf(byte[] model) => Zip(("TransformerChain/Transform_002/OnnxModel", stream =>
    {
        stream.Write(BitConverter.GetBytes(model.Length));
        stream.Write(model);
    }));

    /// <summary>
    /// A student that loads, whose score is a sum of itself and itself, and so on: 2^30 members of an ensemble.
    /// </summary>
    public static byte[] EnsembleOfItself() => Student(graph =>
    {
        NodeProto score = graph.Node.Single(node => node.Output[0] == "Score");
        score.Output[0] = "hostile";
        string half = Weights(graph, 1, 1), value = "hostile";
        graph.Initializer[^1].WriteFloats([0.5f]);
        for (int i = 0; i < 30; i++)
        {
            string share = Node(graph, "Mul", [value, half]);
            value = Node(graph, "Sum", [share, share]);
        }
        graph.Node[^1].Output[0] = "Score";
    });

    /// <summary>A student that loads, whose head is small for one image and large for each of 14 x 14 cells.</summary>
    public static byte[] LargeHead() => LargeLayers(3, 4, 1_000_000, (graph, value) => graph.AddMeans(
        graph.AddConvolution(value, new float[4 * 3 * 16 * 16], new float[4], 16)));

    /// <summary>The most expensive students that load.</summary>
    public static readonly IReadOnlyDictionary<string, Func<byte[]>> Accepted = new Dictionary<string, Func<byte[]>>
    {
        ["large head"] = LargeHead,
        ["large weights"] = () => LargeLayers(2, 3, 3_600_000, (graph, value) => graph.AddMeans(value)),
        ["large values"] = LargeValues,
        ["long computation"] = LongComputation,
    };

    private static byte[] LargeLayers(
        int classes, int features, int width, Func<OnnxGraph, string, string> addFeatures) => BuiltStudent.Create(
        new OnnxModelInfo { Classes = [.. Enumerable.Range(0, classes).Select(i => $"class {i}")] }, (graph, value) =>
        {
            value = graph.AddLinear("fc1", addFeatures(graph, value), new float[width * features], new float[width]);
            return graph.AddLinear("fc2", value, new float[classes * width], new float[classes]);
        });

    /// <summary>A student that loads, with 60 values of 3 MB that are in memory at the same time.</summary>
    private static byte[] LargeValues() => Student(graph =>
    {
        string value = Node(graph, "Conv", [Image(graph), Weights(graph, 16 * 3, 16, 3, 1, 1)]);
        List<string> values = [value];
        for (int i = 0; i < 60; i++)
            values.Add(value = Node(graph, "Conv", [value, Weights(graph, 16 * 16, 16, 16, 1, 1)]));
        AddToScore(graph, Node(graph, "Sum", [.. values]));
    });

    /// <summary>A student that loads, with convolutions of 13 x 13.</summary>
    private static byte[] LongComputation() => Student(graph =>
    {
        string value = Image(graph), weights = Weights(graph, 3 * 3 * 169, 3, 3, 13, 13);
        for (int i = 0; i < 35; i++)
            value = Node(graph, "Conv", [value, weights], ("pads", new[] { 6L, 6, 6, 6 }));
        AddToScore(graph, value);
    });

    /// <summary>Adds the mean of a value that is zero to the scores, so that it has to be computed.</summary>
    private static void AddToScore(GraphProto graph, string value)
    {
        graph.Node.Single(node => node.Output[0] == "Score").Output[0] = "scores";
        string mean = Node(graph, "Flatten", [Node(graph, "ReduceMean", [value, Integers(graph, 1, 2, 3)], ("keepdims", 1L))]);
        Node(graph, "Add", ["scores", mean]);
        graph.Node[^1].Output[0] = "Score";
    }

    /// <summary>A student without a digest, changed.</summary>
    public static byte[] Student(Action<GraphProto> change) => Model(model => change(model.Graph));

    /// <summary>
    /// A 3 x 3 convolution, a ReLU and global average pooling whose input is a ReLU that reads itself.
    /// </summary>
    private static byte[] Cycle() => Before(graph =>
    {
        string weights = Weights(graph, 32 * 32 * 9, 32, 32, 3, 3);
        graph.Node.Add(new NodeProto { Name = "cycle", OpType = "Relu", Input = { "cycle" }, Output = { "cycle" } });
        string value = Node(graph, "Conv", ["cycle", weights]);
        Node(graph, "Identity", [Node(graph, "GlobalAveragePool", [Node(graph, "Relu", [value])])]);
    });

    private static byte[] Model(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(ExportedStudent.Create());
        model.MetadataProps.RemoveAt(model.MetadataProps.Count - 1);
        change(model);
        return model.ToByteArray();
    }

    /// <summary>A student with nodes of which nothing is read, before its own.</summary>
    private static byte[] Before(Action<GraphProto> add) => Student(graph =>
    {
        NodeProto[] own = [.. graph.Node];
        graph.Node.Clear();
        add(graph);
        graph.Node.Add(own);
    });

    private static string Node(GraphProto graph, string operation, string[] inputs, params (string Name,
        object Value)[] attributes)
    {
        string name = $"hostile{graph.Node.Count}";
        graph.Node.Add(new NodeProto
        {
            Name = name, OpType = operation, Input = { inputs }, Output = { name },
            Attribute = { attributes.Select(attribute => OnnxAttributes.Create(attribute.Name, attribute.Value)) },
        });
        return name;
    }

    private static string Image(GraphProto graph) =>
        Node(graph, "Cast", [Node(graph, "Transpose", ["pixels"], ("perm", new[] { 0L, 3, 1, 2 }))], ("to", 1));

    private static string Convolve(GraphProto graph, (string, object) attribute) =>
        Node(graph, "Conv", [Image(graph), Weights(graph, 3, 1, 3, 1, 1)], attribute);

    private static string Expand(GraphProto graph, params long[] shape) =>
        Node(graph, "Expand", [Number(graph), Integers(graph, shape)]);

    private static string Number(GraphProto graph) => Weights(graph, 1, 1);

    private static string Weights(GraphProto graph, int count, params long[] shape) =>
        Add(graph, OnnxTensors.Create<float>("", DataType.Float, new float[count], shape));

    private static string Integer(GraphProto graph, long value) =>
        Add(graph, OnnxTensors.Create<long>("", DataType.Int64, [value]));

    private static string Integers(GraphProto graph, params long[] values) =>
        Add(graph, OnnxTensors.Create<long>("", DataType.Int64, values, values.Length));

    private static string Add(GraphProto graph, TensorProto constant)
    {
        constant.Name = $"constant{graph.Initializer.Count}";
        graph.Initializer.Add(constant);
        return constant.Name;
    }

    private static void Dims(TensorProto constant, params long[] dims)
    {
        constant.Dims.Clear();
        constant.Dims.Add(dims);
    }

    private static void Constant(GraphProto graph, TensorProto tensor, byte[] more)
    {
        tensor.MergeFrom(more);
        graph.Node.Insert(0, new NodeProto
        {
            Name = "constant", OpType = "Constant", Output = { "constant" },
            Attribute = { new AttributeProto { Name = "value", Type = Kind.Tensor, T = tensor } },
        });
    }

    private static void Attribute(GraphProto graph, byte[] content)
    {
        var attribute = new AttributeProto { Name = "body" };
        attribute.MergeFrom(content);
        graph.Node[0].Attribute.Add(attribute);
    }

    /// <summary>
    /// A tensor whose numbers are in a file of the machine, external_data = { location: usr/bin/bash }.
    /// </summary>
    private static byte[] External(Func<byte[], byte[]> place)
    {
        byte[] Entry(string key, string value) => Nested(new StringStringEntryProto { Key = key,
            Value = value }.ToByteArray(), 13);
        return place([.. Entry("location", "usr/bin/bash"), .. Entry("offset", "0"), .. Entry("length", "1764"),
            .. Encoded(14, 1)]);
    }

    private static byte[] Deep(int levels)
    {
        byte[] graph = [];
        for (int i = 0; i < levels; i++)
            graph = Nested(Nested(Nested(graph, 6), 5), 1);
        return Nested(graph, 7);
    }

    /// <summary>A message as a field of another.</summary>
    private static byte[] Nested(byte[] content, int field)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }
        return stream.ToArray();
    }

    private static byte[] Encoded(int field, byte value) => [(byte)(field << Field), value];

    private static byte[] Repeat(byte[] pattern, int count)
    {
        byte[] bytes = new byte[pattern.Length * count];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = pattern[i % pattern.Length];
        return bytes;
    }

    private static Action<Stream> Zeros(long count) => stream =>
    {
        byte[] block = new byte[1 << 20];
        for (long written = 0; written < count; written += block.Length)
            stream.Write(block);
    };

    private static byte[] Zip(params (string Name, Action<Stream> Write)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, write) in entries)
            {
                using Stream entry = zip.CreateEntry(name, name.StartsWith("TransformerChain", StringComparison.Ordinal)
                    ? CompressionLevel.NoCompression : CompressionLevel.Fastest).Open();
                write(entry);
            }
        return stream.ToArray();
    }

    /// <summary>Overwrites a field of the first entry in the list at the end.</summary>
    private static byte[] Patch(byte[] zip, int central, byte[] value)
    {
        int end = zip.AsSpan().LastIndexOf("PK\x5\x6"u8);
        value.CopyTo(zip, BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(end + 16)) + central);
        return zip;
    }

    private static byte[] Damage(byte[] zip)
    {
        zip[zip.Length / 2] ^= 1;
        return zip;
    }
}
