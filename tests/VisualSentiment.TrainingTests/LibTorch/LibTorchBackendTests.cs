using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch;

public class LibTorchBackendTests
{
    [Fact]
    public void Loads_with_nothing_asked_of_the_user()
    {
        LibTorchBackend.EnsureLoaded();

        using var sum = (torch.ones(3) + 1).sum();

        Assert.Equal(6f, sum.item<float>());
    }

    [Fact]
    public void The_applications_own_torchsharp_code_trains_afterwards()
    {
        LibTorchBackend.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var network = nn.Linear(2, 1);
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        var input = tensor(new float[] { 1, 0, 0, 1, 1, 1, 0, 0 }, 4, 2);
        var target = tensor(new float[] { 2, 3, 5, 0 }, 4, 1);

        float Step()
        {
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(network.forward(input), target);
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        }

        float before = Step();
        for (int i = 0; i < 20; i++)
            Step();

        Assert.True(Step() < before / 2);
    }

    [Fact]
    public void No_copies_of_native_libraries_are_left_beside_torchsharp()
    {
        LibTorchBackend.EnsureLoaded();

        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, "cpu")));
    }

    [Fact]
    public void Sample_that_only_predicts_comes_without_libtorch()
    {
        string[] build = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
        string output = Path.Combine(SharedFolder.RepositoryRoot(), "samples", "Predict", "bin", build[0], build[1]);

        Assert.True(File.Exists(Path.Combine(output, "Predict.dll")));
        Assert.DoesNotContain(Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!),
            name => name.StartsWith("libtorch", StringComparison.Ordinal) || name.Contains("torch_cpu", StringComparison.Ordinal));
    }
}
