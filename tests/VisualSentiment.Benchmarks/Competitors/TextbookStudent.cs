using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The student as in the paper, and a textbook training step: Adam, the whole batch, [N, C, H, W].</summary>
internal sealed class TextbookStudent : IDisposable
{
    private const double Temperature = 4;
    private readonly Module<Tensor, Tensor> _network;
    private readonly optim.Optimizer _optimizer;

    public TextbookStudent(int classes, Device device)
    {
        _network = Sequential(
            ("conv1", Conv2d(3, 64, kernel_size: 3)), ("relu1", ReLU()), ("pool1", MaxPool2d(kernel_size: 4, stride: 4)),
            ("conv2", Conv2d(64, 128, kernel_size: 3)), ("relu2", ReLU()), ("pool2", AdaptiveAvgPool2d(1)), ("flatten", Flatten()),
            ("fc1", Linear(128, 512)), ("relu3", ReLU()), ("fc2", Linear(512, classes)));
        _network.to(device);
        _optimizer = optim.Adam(_network.parameters(), 1e-3);
        _network.train();
    }

    /// <summary>Trains for one step with the teacher's logits and returns the loss.</summary>
    public float Step(Tensor images, Tensor teacherLogits)
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        Tensor loss = -((teacherLogits / Temperature).softmax(1) * (_network.call(images) / Temperature).log_softmax(1)).sum(1).mean();
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }
}
