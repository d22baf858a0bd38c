using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Teaching;

public sealed class RegionAttentionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 3);

    public RegionAttentionTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_head_finds_the_position_that_tells_the_class()
    {
        // Channel 0 marks the position whose channel 1 has the class in its sign; the others' channel 1 is noise.
        const int Positions = 9, Depth = 3, Pictures = 240;
        var random = new Random(5);
        using var maps = new FeatureMaps(Positions, Depth);
        int[] labels = new int[Pictures], pictures = [.. Enumerable.Range(0, Pictures)];
        for (int i = 0; i < Pictures; i++)
        {
            float[] map = new float[Positions * Depth];
            for (int j = 0; j < map.Length; j++)
                map[j] = 2 * (random.NextSingle() - 0.5f);
            labels[i] = i % 2;
            int where = random.Next(Positions);
            map[where * Depth] = 3;
            map[where * Depth + 1] = labels[i] == 0 ? -1 : 1;
            maps.Add(i, map);
        }
        long before = LiveTensors.Count();
        var training = new RegionHeadTraining(maps, classes: 2, seed: 1, CancellationToken.None);

        RegionHead plain = training.Fit(pictures, labels, 0.01, null), attending = training.Fit(pictures, labels, 0.01, 0.001);

        Assert.Equal(before, Tensor.TotalCount);
        Assert.All(plain.Attention.ToArray(), weight => Assert.Equal(0, weight));
        Assert.True(attending.Attention[0] > 0.02, string.Join(" ", attending.Attention.ToArray()));
        Assert.True(Loss(attending) < Loss(plain), $"{Loss(attending)} {Loss(plain)}");

        double Loss(RegionHead head)
        {
            float[] logits = new float[2 * Pictures];
            head.Apply(maps.Read(pictures), logits);
            using var scope = NewDisposeScope();
            return nn.functional.cross_entropy(tensor(logits, [Pictures, 2]), tensor(Array.ConvertAll(labels, label => (long)label))).item<float>();
        }
    }

    [Fact]
    public void A_trained_head_computes_what_it_was_trained_as()
    {
        using var scope = NewDisposeScope();
        using var seeded = SeededTorch.Begin(4);
        Tensor maps = randn(2, 6, 5), attention = randn(5), weights = randn(3, 5), bias = randn(3);
        var head = new RegionHead(attention.data<float>().ToArray(), weights.data<float>().ToArray(), bias.data<float>().ToArray());
        float[] logits = new float[6];

        head.Apply(maps.data<float>().ToArray(), logits);

        Tensor expected = RegionPooling.Attend(maps, attention).matmul(weights.t()) + bias;
        Assert.True(allclose(expected.flatten(), tensor(logits), rtol: 1e-4, atol: 1e-5));
        Assert.Equal(1, head.Shares(maps[0].data<float>().ToArray()).Sum(), 1e-5);
    }

    [Fact]
    public void Maps_are_kept_to_half_precision_and_averaged()
    {
        using var maps = new FeatureMaps(positions: 2, depth: 2);
        maps.Add(7, [1, 2, 3, 6]);
        maps.Add(3, [0.5f, 0, 0, 0]);

        Assert.Equal([2, 4], maps.MeanOf(7));
        Assert.Equal([0.5f, 0, 0, 0, 1, 2, 3, 6], maps.Read([3, 7]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_feature_map_behind_an_embedding_is_found_in_either_layout(bool channelsFirst)
    {
        File.WriteAllBytes(_folder["backbone.onnx"], Backbone(channelsFirst, pooled: true));
        byte[] pixels = new byte[PixelFormat.ByteCount];
        for (int i = 0; i < pixels.Length; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (255, 51, 0);

        using var backbone = OnnxBackbone.Load(_folder["backbone.onnx"], null, PixelNormalization.ZeroToOne, featureMaps: true);
        float[] map = backbone.Embed(pixels, 1);

        Assert.Equal(3, backbone.MeasureDepth());
        Assert.Equal(32 * 32 * 3, map.Length);
        Assert.All(map.Chunk(3), position =>
        {
            Assert.Equal(1, position[0], 1e-4f);
            Assert.Equal(0.2f, position[1], 1e-4f);
            Assert.Equal(0, position[2], 1e-4f);
        });
    }

    [Fact]
    public void An_embedding_that_no_pooling_leads_to_is_refused()
    {
        File.WriteAllBytes(_folder["backbone.onnx"], Backbone(channelsFirst: true, pooled: false));

        var failure = Assert.Throws<InvalidModelException>(() => OnnxBackbone.Load(_folder["backbone.onnx"], null, PixelNormalization.ZeroToOne, featureMaps: true));

        Assert.Contains("region attention needs the feature map", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'Sigmoid'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attending_teacher_teaches_keeps_its_own_numbers_and_stays_as_it_is()
    {
        using var drawn = new DrawnPictures(picturesPerClass: 6);
        File.WriteAllBytes(_folder["backbone.onnx"], Backbone(channelsFirst: true, pooled: true));
        IDataView data = drawn.Load(_ml);
        string cache = _folder["cache"];
        TeacherTransformer Train(bool regions) => _ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
        {
            Teacher = Teachers.Onnx(_folder["backbone.onnx"], new OnnxBackboneOptions { RegionAttention = regions, WeightDecay = 0.01 }),
            CacheFolder = cache,
        }).Fit(data);
        Train(regions: false).Dispose();
        string[] plain = Directory.GetFiles(cache, "teacher-*.cache");
        long before = LiveTensors.Count();

        using TeacherTransformer teacher = Train(regions: true);

        Assert.Equal(before, Tensor.TotalCount);
        Assert.Equal("ONNX backbone backbone with region attention", teacher.Name);
        Assert.Single(plain);
        Assert.Equal(2, Directory.GetFiles(cache, "teacher-*.cache").Length);
        Assert.True(_ml.MulticlassClassification.Evaluate(teacher.Transform(data)).MicroAccuracy > 0.8);
        float[][] scores = [.. teacher.Transform(data).GetColumn<float[]>("Score")];
        _ml.Transforms.DistillSentiment(new KnowledgeDistillationOptions
        {
            Teacher = Teachers.FromModel(teacher), Student = SmallNetworks.Student, Epochs = 1,
        }).Fit(data).Dispose();
        Assert.Equal(scores, teacher.Transform(data).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void ResNet50_begins_as_the_plain_one_and_its_attention_learns()
    {
        using var seeded = SeededTorch.Begin(2);
        using var scope = NewDisposeScope();
        using var owned = OwnedNetwork.Create(() => new ResNet50(3, dropoutProbability: 0, regionAttention: true));
        using var plain = OwnedNetwork.Create(() => new ResNet50(3, dropoutProbability: 0));
        using (no_grad())
            plain.Module.load_state_dict(owned.Module.state_dict().Where(entry => !entry.Key.StartsWith("regions.", StringComparison.Ordinal)).ToDictionary(entry => entry.Key, entry => entry.Value));
        owned.Module.eval();
        plain.Module.eval();
        Tensor input = randn(2, 64, 64, 3).permute(0, 3, 1, 2);

        Tensor logits = owned.Module.call(input);

        Assert.Equal([2, 3], logits.shape);
        Assert.True(allclose(plain.Module.call(input), logits, rtol: 1e-3, atol: 1e-4));
        nn.functional.cross_entropy(logits, tensor(new long[] { 0, 2 })).backward();
        Tensor gradient = owned.Module.get_parameter("regions.attention")!.grad!;
        Assert.Equal([2048], gradient.shape);
        Assert.True(gradient.abs().sum().item<float>() > 0);
        Assert.Equal(ParameterCount.Of(plain.Module).Trainable + 2048, ParameterCount.Of(owned.Module).Trainable);
    }

    /// <summary>An ONNX network from pictures of 32 x 32 to the mean of each channel, or to something else.</summary>
    private static byte[] Backbone(bool channelsFirst, bool pooled)
    {
        var graph = new OnnxGraph();
        string value = graph.AddInput("image", TensorProto.Types.DataType.Float, channelsFirst ? [3, 32, 32] : [32, 32, 3]);
        value = graph.AddNode("Identity", [value]);
        value = channelsFirst ? graph.AddNode("GlobalAveragePool", [value]) : graph.AddNode("ReduceMean", [value], ("axes", new long[] { 1, 2 }), ("keepdims", 0L));
        if (channelsFirst)
            value = graph.AddNode("Flatten", [value]);
        graph.AddNamedNode("embedding", pooled ? "Identity" : "Sigmoid", [value]);
        graph.AddOutput("embedding", TensorProto.Types.DataType.Float, 3);
        graph.Proto.Name = "backbone";
        var model = new ModelProto { IrVersion = 8, Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return Google.Protobuf.MessageExtensions.ToByteArray(model);
    }
}
