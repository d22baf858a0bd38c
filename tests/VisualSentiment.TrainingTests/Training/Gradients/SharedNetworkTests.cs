using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Training.Gradients;

public sealed class SharedNetworkTests
{
    public SharedNetworkTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void The_papers_student_may_be_trained_by_several_threads()
    {
        using var scope = NewDisposeScope();
        Assert.True(SharedNetwork.IsSafe(PaperStudent.Create(classes: 6)));
        Assert.True(SharedNetwork.IsSafe(SmallNetworks.Plain(classes: 3)));
    }

    [Fact]
    public void Networks_with_batch_normalization_or_dropout_may_not()
    {
        using var scope = NewDisposeScope();
        Assert.False(SharedNetwork.IsSafe(SmallNetworks.Normalized(classes: 3)));
        Assert.False(SharedNetwork.IsSafe(Sequential(Flatten(), Dropout(0.1), Linear(3 * 224 * 224, 2))));
    }

    [Fact]
    public void A_module_of_ones_own_may_not_because_it_may_keep_something()
    {
        using var scope = NewDisposeScope();
        Assert.False(SharedNetwork.IsSafe(Sequential(new Remembering(), Flatten(), Linear(3 * 224 * 224, 2))));
    }

    [Fact]
    public void A_network_that_cannot_be_differentiated_is_an_exception()
    {
        using var scope = NewDisposeScope();
        // The second module overwrites what the first needs in its backward pass.
        var network = Sequential(Flatten(), Linear(3 * 224 * 224, 2), Sigmoid(), ReLU(inplace: true));

        Assert.ThrowsAny<Exception>(() => SharedNetwork.IsSafe(network));
    }

    private sealed class Remembering() : Module<Tensor, Tensor>(nameof(Remembering))
    {
        public override Tensor forward(Tensor input) => input.alias();
    }
}
