using VisualSentiment.Distillation.Features;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Distillation.Features;

public sealed class HintTests() : FeatureTests(imagesPerClass: 8, PooledBackbone.Write)
{
    [Fact]
    public void The_students_map_comes_closer_to_the_backbones()
    {
        double before = DistanceOfMaps(Pretrain(Options(epochs: 1) with { LearningRate = 1e-6 }));

        double after = DistanceOfMaps(Pretrain(Options(epochs: 25)));

        // What the best linear map of the student's features leaves of the backbone's variance.
        Assert.True(after < 0.5 * before, $"{before:0.000} before, {after:0.000} after");
    }

    [Fact]
    public void Hints_change_the_student() =>
        Assert.NotEqual(Pretrain(Options()).Name, Pretrain(Options() with { Hints = false }).Name);

    [Fact]
    public void The_same_seed_gives_the_same_weights() => Assert.Equal(Pretrain(Options()).Name, Pretrain(Options()).Name);

    [Fact]
    public void Only_the_weights_of_the_student_are_kept()
    {
        string path = Folder["student.safetensors"];

        Pretrain(Options()).SaveWeights(path);

        using var network = SmallNetworks.Patches.WithWeights(path).Create(classes: 4);
        Assert.Equal(["patch", "norm", "relu", "pool", "flatten", "fc"], network.Module.named_children().Select(child => child.name));
    }

    [Fact]
    public void Sides_are_those_of_a_sequentials_parts()
    {
        Assert.Equal([7, 14], HintedNetwork.FindSides(SmallNetworks.Patches).Order());
        Assert.Equal([7, 14], HintedNetwork.FindSides(Students.Compact).Order());
        Assert.Equal([7, 14], HintedNetwork.FindSides(Students.Paper).Order());
        Assert.Empty(HintedNetwork.FindSides(Students.Custom("coarse", classes => Sequential(
            ("patch", Conv2d(3, 2, kernel_size: 56, stride: 56)), ("flatten", Flatten()), ("fc", Linear(32, classes))))));
    }

    [Fact]
    public void The_students_own_output_comes_first()
    {
        using var network = HintedNetwork.Create(SmallNetworks.Patches, outputs: 5, [new BackboneMap("map", 3, 14)]);
        network.Module.eval();
        using var scope = NewDisposeScope();
        Tensor pixels = rand(2, 3, 224, 224);

        Tensor output = network.Module.call(pixels);

        Assert.Equal([2, 5 + 3 * 14 * 14], output.shape);
        Assert.True(output.narrow(1, 0, 5).equal(HintedNetwork.StudentOf(network).call(pixels)).all().item<bool>());
    }

    [Fact]
    public void A_larger_map_is_averaged_to_the_backbones_size()
    {
        using var network = HintedNetwork.Create(Students.Paper, outputs: 5, [new BackboneMap("map", 3, 7)]);
        using var scope = NewDisposeScope();
        Tensor pixels = rand(2, 3, 224, 224);
        Tensor adapter = network.Module.named_parameters().Single(weight => weight.name == "adapters.0.weight").parameter;
        Tensor bias = network.Module.named_parameters().Single(weight => weight.name == "adapters.0.bias").parameter;
        Tensor map = pixels;
        foreach (var part in HintedNetwork.StudentOf(network).children().Cast<Module<Tensor, Tensor>>().Take(5))
            map = part.call(map);

        Tensor hints = network.Module.call(pixels).narrow(1, 5, 3 * 7 * 7);

        Tensor expected = functional.conv2d(functional.adaptive_avg_pool2d(map, 7), adapter, bias);
        Assert.True(hints.allclose(expected.flatten(1)));
        Assert.True(SharedNetwork.IsSafe(network.Module));
    }

    [Fact]
    public void No_tensors_are_left_behind()
    {
        Pretrain(Options());
        long before = LiveTensors.Count();

        Pretrain(Options());

        // Weights and biases of two adapters.
        LiveTensors.CountOnce(parameters: 4);
        Assert.Equal(before, LiveTensors.Count());
    }

    private StudentPretrainingOptions Options(int epochs = 2) => new()
    {
        Hints = true, Teacher = Teachers.Onnx(Backbone, PixelNormalization.MinusOneToOne), Student = SmallNetworks.Patches, Epochs = epochs, BatchSize = 8, LearningRate = 0.02, Augmentation = null,
    };

    // The share of the variance of the backbone's map that no linear function of the student's map explains, over the drawn images.
    private double DistanceOfMaps(Student student)
    {
        using var scope = NewDisposeScope();
        using var network = student.Create(classes: 2);
        network.Module.eval();
        using var backbone = OnnxBackbone.Load(new(Backbone, PixelNormalization.MinusOneToOne), mapSides: [14]);
        var preprocessor = new VisualSentiment.Imaging.PixelPreprocessor(ImageFit.Fill);
        List<Tensor> seen = [], wanted = [];
        foreach (string file in Directory.GetFiles(Images, "*", SearchOption.AllDirectories))
        {
            byte[] pixels = new byte[VisualSentiment.Imaging.PixelFormat.ByteCount];
            preprocessor.Read(file, pixels);
            float[] features = new float[3 + 3 * 14 * 14];
            backbone.EmbedWithMaps(pixels, features);
            wanted.Add(tensor(features[3..], [3, 14 * 14]).t());
            Tensor x = ChannelsLast.Normalize(tensor(pixels, [1, 224, 224, 3]), student.Normalization);
            foreach (var part in network.Module.children().Take(3).Cast<Module<Tensor, Tensor>>())
                x = part.call(x);
            seen.Add(x.flatten(2).squeeze(0).t());
        }
        Tensor target = cat(wanted), input = cat([cat(seen), ones(target.shape[0], 1)], 1);
        Tensor rest = target - input.matmul(linalg.lstsq(input, target).Solution);
        return (rest.square().mean() / (target - target.mean([0])).square().mean()).item<float>();
    }
}
