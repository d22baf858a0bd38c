using System.Text.Json;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Networks;

public class NetworkTests
{
    public NetworkTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData("resnet50_1000", 1000)]
    [InlineData("resnet50_8", 8)]
    [InlineData("vgg16_8", 8)]
    [InlineData("student_8", 8)]
    public void Output_parameters_and_names_are_those_of_the_reference(string reference, int classes)
    {
        using var document = JsonDocument.Parse(ReferenceNumbers.Read("networks.json"));
        JsonElement expected = document.RootElement.GetProperty("networks").GetProperty(reference);
        using var scope = NewDisposeScope();
        using var network = Create(reference, classes);

        Assert.Equal(expected.GetProperty("parameters").GetInt64(), ParameterCount.Of(network).Trainable);
        Assert.Subset(network.state_dict().Keys.ToHashSet(),
            expected.GetProperty("tensors").EnumerateArray().Select(t => t.GetString()!).ToHashSet());

        FormulaWeights.Fill(network);
        network.eval();
        using var noGradient = no_grad();
        float[] actual = network.call(FormulaWeights.Input()).data<float>().ToArray();
        float[] wanted = [.. expected.GetProperty("output").EnumerateArray().Select(x => x.GetSingle())];

        // Relative to the size of the outputs, so that one of them near zero does not decide.
        double scale = wanted.Max(Math.Abs);
        Assert.Equal(wanted.Length, actual.Length);
        Assert.All(wanted.Zip(actual), pair => Assert.InRange((pair.Second - pair.First) / scale, -1e-4, 1e-4));
    }

    [Fact]
    public void ResNet50_has_the_parameters_of_the_paper()
    {
        using var network = new ResNet50(8);

        Assert.Equal(new ParameterCount(23_524_424, 23_604_104), ParameterCount.Of(network));
    }

    [Fact]
    public void Student_has_the_145800_parameters_of_Table_4()
    {
        using var network = PaperStudent.Create(8);

        Assert.Equal(new ParameterCount(145_800, 145_800), ParameterCount.Of(network));
    }

    [Fact]
    public void Vgg16_has_the_parameters_of_the_paper()
    {
        using var network = new Vgg16(8);

        Assert.Equal(142_470_552, ParameterCount.Of(network).WithStatistics);
    }

    [Fact]
    public void ResNet50_stages_have_the_sizes_of_Table_1()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new ResNet50(8);
        network.eval();

        Tensor x = zeros(1, 3, 224, 224);
        var sizes = network.Stages.Select(s => (s.Name, Shape: string.Join('x', (x = s.Stage.call(x)).shape.Skip(1)))).ToList();

        Assert.Equal([("conv1", "64x112x112"), ("conv2_x", "256x56x56"), ("conv3_x", "512x28x28"), ("conv4_x", "1024x14x14"),
            ("conv5_x", "2048x7x7"), ("fc", "8")], sizes);
    }

    [Fact]
    public void Student_layers_have_the_sizes_of_Table_2()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = PaperStudent.Create(8);

        Tensor x = zeros(1, 3, 224, 224);
        var sizes = network.named_children()
            .Select(layer => (layer.name, Shape: string.Join('x', (x = ((nn.Module<Tensor, Tensor>)layer.module).call(x)).shape.Skip(1))))
            .Where(layer => !layer.name.StartsWith("relu", StringComparison.Ordinal) && layer.name != "flatten").ToList();

        Assert.Equal([("conv1", "64x222x222"), ("pool1", "64x55x55"), ("conv2", "128x53x53"), ("pool2", "128x1x1"),
            ("fc1", "512"), ("fc2", "8")], sizes);
    }

    [Fact]
    public void AlexNet_has_the_parameters_of_the_paper_and_outputs_one_logit_per_class()
    {
        // Once: it has 2 GB of weights.
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = AlexNet.Create(8);
        network.eval();

        Assert.Equal(540_305_240, ParameterCount.Of(network).WithStatistics);
        Assert.Equal([1L, 8L], network.call(rand(1, 3, 224, 224)).shape);
    }

    [Theory]
    [InlineData("resnet50", 4)]
    [InlineData("student", 4)]
    public void Training_mode_sends_gradients_to_every_parameter(string name, int classes)
    {
        using var scope = NewDisposeScope();
        using var network = Create(name, classes);
        network.train();

        network.call(rand(2, 3, 224, 224)).sum().backward();

        Assert.All(network.named_parameters(), p => Assert.NotNull(p.parameter.grad));
    }

    [Fact]
    public void Dropout_acts_in_training_and_not_in_evaluation()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new ResNet50(4);
        using var input = rand(1, 3, 224, 224);
        network.eval();

        Assert.True(network.call(input).allclose(network.call(input)));
        foreach (var dropout in network.modules().OfType<TorchSharp.Modules.Dropout>())
            dropout.train();
        Assert.False(network.call(input).allclose(network.call(input)));
    }

    private static nn.Module<Tensor, Tensor> Create(string name, int classes) => name.Split('_')[0] switch
    {
        "resnet50" => new ResNet50(classes),
        "vgg16" => new Vgg16(classes),
        _ => PaperStudent.Create(classes),
    };
}
