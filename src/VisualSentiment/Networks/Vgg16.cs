using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// The paper's VGGNet baseline: VGG16 (Simonyan and Zisserman 2015) up to its second dense layer, then dense 2000 with
/// dropout and a dense head; 142,470,552 parameters for eight classes. Tensor names are torchvision's.
/// Input [N, 3, 224, 224], output logits [N, C].
/// </summary>
internal sealed class Vgg16 : Module<Tensor, Tensor>
{
    /// <summary>Prefixes of the tensors that are not loaded from pretrained weights, which have another head.</summary>
    public static readonly IReadOnlyList<string> Head = ["classifier.6", "classifier.8"];

    private const int Pool = 0;
    private static readonly int[] Layout =
        [64, 64, Pool, 128, 128, Pool, 256, 256, 256, Pool, 512, 512, 512, Pool, 512, 512, 512, Pool];

    private readonly Sequential features;
    private readonly Sequential classifier;

    public Vgg16(int classes) : base(nameof(Vgg16))
    {
        features = Sequential(Features());
        classifier = Sequential(
            Linear(512 * 7 * 7, 4096), ReLU(inplace: true), Dropout(0.5),
            Linear(4096, 4096), ReLU(inplace: true), Identity(),
            Linear(4096, 2000), Dropout(0.5),
            Linear(2000, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return classifier.call(features.call(input).flatten(1)).MoveToOuterDisposeScope();
    }

    private static IEnumerable<Module<Tensor, Tensor>> Features()
    {
        int inputs = 3;
        foreach (int outputs in Layout)
        {
            if (outputs == Pool)
            {
                yield return MaxPool2d(kernel_size: 2, stride: 2);
                continue;
            }
            yield return Conv2d(inputs, outputs, kernel_size: 3, padding: 1);
            yield return ReLU(inplace: true);
            inputs = outputs;
        }
    }
}
