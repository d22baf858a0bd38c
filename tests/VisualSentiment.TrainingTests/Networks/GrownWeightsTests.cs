using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Networks;

public sealed class GrownWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GrownWeightsTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_grown_student_starts_with_the_outputs_of_the_smaller_one(bool training)
    {
        using var scope = NewDisposeScope();
        using OwnedNetwork small = Trained(Students.CompactSmall).Create(classes: 3), large = Students.Compact.GrownFrom(_folder["small.safetensors"]).Create(classes: 3);
        foreach (OwnedNetwork network in (OwnedNetwork[])[small, large])
            network.Module.train(training);
        Tensor images = randn(4, 3, 224, 224);

        Tensor expected = Coarse(small, images), actual = Coarse(large, images);

        Assert.InRange(expected.std().item<float>(), 0.01f, float.MaxValue);
        Assert.True(actual.allclose(expected, rtol: 1e-3, atol: 1e-4), $"differs by {(actual - expected).abs().max().item<float>()}");
    }

    [Fact]
    public void New_weights_get_gradients_from_the_first_step_on()
    {
        using var scope = NewDisposeScope();
        Trained(Students.CompactSmall);
        using OwnedNetwork large = Students.Compact.GrownFrom(_folder["small.safetensors"]).Create(classes: 3);
        large.Module.train();

        Coarse(large, randn(4, 3, 224, 224)).square().sum().backward();

        var scale = large.Module.named_parameters().Single(p => p.name == "stage2.block2.body.bn2.weight").parameter;
        Assert.Equal(0, scale.abs().sum().item<float>());
        Assert.NotEqual(0, scale.grad!.abs().sum().item<float>());
        var hears = large.Module.named_parameters().Single(p => p.name == "stage2.down.body.pointwise.weight").parameter;
        Assert.Equal(0, hears.narrow(1, 32, 16).abs().sum().item<float>());
        Assert.NotEqual(0, hears.grad!.narrow(1, 32, 16).abs().sum().item<float>());
    }

    [Fact]
    public void Growing_is_deterministic_and_does_not_change_the_random_state()
    {
        using var scope = NewDisposeScope();
        Trained(Students.CompactSmall);
        random.manual_seed(3);
        float next = rand(1).item<float>();
        random.manual_seed(3);

        string[] names = [.. Enumerable.Range(0, 2).Select(_ => Students.Compact.GrownFrom(_folder["small.safetensors"]).Name)];

        Assert.Equal(next, rand(1).item<float>());
        Assert.Equal(names[0], names[1]);
    }

    [Fact]
    public void A_larger_student_and_one_of_another_design_are_rejected_with_everything_that_differs()
    {
        Trained(Students.Compact);

        var smaller = Assert.Throws<PretrainedWeightsException>(() => Students.CompactSmall.GrownFrom(_folder["small.safetensors"]));
        var other = Assert.Throws<PretrainedWeightsException>(() => Students.Paper.GrownFrom(_folder["small.safetensors"]));

        Assert.Contains("stem.conv.weight has shape [32, 3, 4, 4], which does not fit into [16, 3, 4, 4]", smaller.Message);
        Assert.Contains("stage2.block2.body.bn2.weight is not in the network", smaller.Message);
        Assert.Contains("conv1.weight is missing", other.Message);
    }

    [Fact]
    public void Weights_of_a_smaller_student_are_rejected_with_a_hint_to_grow_them()
    {
        Trained(Students.CompactSmall);

        var smaller = Assert.Throws<PretrainedWeightsException>(() => Students.Compact.WithWeights(_folder["small.safetensors"]));
        var other = Assert.Throws<PretrainedWeightsException>(() => Students.Paper.WithWeights(_folder["small.safetensors"]));

        Assert.Contains("call GrownFrom instead", smaller.Message);
        Assert.DoesNotContain("GrownFrom", other.Message);
    }

    // Statistics of batch normalization that are not those of the start.
    private Student Trained(Student student)
    {
        using OwnedNetwork network = student.Create(classes: 2);
        using (NewDisposeScope())
        {
            network.Module.train();
            for (int step = 0; step < 5; step++)
                network.Module.call(randn(4, 3, 224, 224));
        }
        Student trained = student.With(StudentWeights.Of(network.Module, student.FindHead(), features: null));
        trained.SaveWeights(_folder["small.safetensors"]);
        return trained;
    }

    // What the last stage says, before dropout and the head.
    private static Tensor Coarse(OwnedNetwork network, Tensor images)
    {
        Tensor x = images;
        foreach (var (_, part) in network.Module.named_children().Take(4))
            x = ((nn.Module<Tensor, Tensor>)part).call(x);
        return x;
    }
}
