using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>Losses of a batch of 20 with eight classes, forward and backward.</summary>
public class Losses
{
    private const int Batch = 20;
    private const int Classes = 8;
    private DistillationLoss? _loss;
    private Tensor? _student;
    private Tensor? _teacher;
    private Tensor? _labels;

    [Params("soft targets", "Hinton", "labels")]
    public string Loss { get; set; } = "";

    [GlobalSetup]
    public void Create()
    {
        _loss = Loss switch
        {
            "soft targets" => DistillationLosses.SoftTarget(),
            "Hinton" => DistillationLosses.Hinton(),
            _ => DistillationLosses.HardLabels,
        };
        _student = randn(Batch, Classes, requires_grad: true);
        _teacher = randn(Batch, Classes);
        _labels = randint(Classes, Batch, dtype: ScalarType.Int64);
    }

    [Benchmark]
    public void ForwardAndBackward()
    {
        using var scope = NewDisposeScope();
        _loss!.Compute(_student!, _teacher!, _labels!).backward();
    }

    [GlobalCleanup]
    public void Free()
    {
        _student?.Dispose();
        _teacher?.Dispose();
        _labels?.Dispose();
    }
}
