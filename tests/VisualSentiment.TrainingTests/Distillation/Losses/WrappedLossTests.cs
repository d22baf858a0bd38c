using TorchSharp;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation.Losses;

public sealed class WrappedLossTests : IDisposable
{
    private readonly DisposeScope _scope;
    private readonly Tensor _z, _v, _labels;

    public WrappedLossTests()
    {
        LibTorchBackend.EnsureLoaded();
        _scope = NewDisposeScope();
        _z = randn(5, 6, dtype: ScalarType.Float64);
        _v = randn(5, 6, dtype: ScalarType.Float64);
        _labels = arange(5, dtype: ScalarType.Int64);
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Hard_labels_are_mixed_in_by_their_weight()
    {
        var dist = DistillationLosses.Dist();

        Assert.Equal(0.7 * Value(dist) + 0.3 * Value(DistillationLosses.HardLabels), Value(dist.WithHardLabels(0.3)), 1e-12);
        Assert.Equal(Value(dist), Value(dist.WithHardLabels(0)));
        Assert.Equal(Value(DistillationLosses.HardLabels), Value(dist.WithHardLabels(1)));
    }

    [Fact]
    public void Hintons_loss_is_the_divergence_and_the_labels() =>
        Assert.Equal(Value(DistillationLosses.KullbackLeibler(3).WithHardLabels(0.2)), Value(DistillationLosses.Hinton(3, 0.2)));

    [Fact]
    public void Standardized_logits_have_mean_zero_and_deviation_one()
    {
        Tensor seen = zeros(0);
        new Looking(logits => seen = logits.clone().MoveToOuterDisposeScope()).Standardized().Compute(_z, _v, _labels);

        Assert.True(seen.mean([1]).allclose(zeros(5, dtype: ScalarType.Float64), atol: 1e-12));
        Assert.True(seen.std(1).allclose(ones(5, dtype: ScalarType.Float64), rtol: 1e-12));
    }

    [Fact]
    public void Standardized_neither_size_nor_offset_of_logits_matters()
    {
        var loss = DistillationLosses.KullbackLeibler(2).Standardized();

        Assert.Equal(Value(loss), loss.Compute(_z * 30 - 7, _v * 0.2 + 100, _labels).item<double>(), 1e-9);
    }

    [Fact]
    public void Nearly_equal_teacher_logits_are_not_scaled_up()
    {
        var loss = DistillationLosses.KullbackLeibler(1).Standardized();

        Assert.Equal(loss.Compute(_z, zeros_like(_v), _labels).item<double>(), loss.Compute(_z, _v * 1e-6, _labels).item<double>(), 1e-2);
    }

    [Fact]
    public void Two_classes_are_not_standardized()
    {
        var loss = DistillationLosses.KullbackLeibler(2);
        Tensor z = randn(5, 2), v = randn(5, 2), labels = zeros(5, dtype: ScalarType.Int64);

        Assert.Equal(loss.Compute(z, v, labels).item<float>(), loss.Standardized().Compute(z, v, labels).item<float>());
    }

    [Fact]
    public void Hard_labels_use_the_original_logits_for_any_order_of_wrappers()
    {
        var loss = DistillationLosses.KullbackLeibler(2);
        double expected = 0.9 * Value(loss.Standardized()) + 0.1 * Value(DistillationLosses.HardLabels);

        Assert.Equal(expected, Value(loss.Standardized().WithHardLabels(0.1)), 1e-12);
        Assert.Equal(expected, Value(loss.WithHardLabels(0.1).Standardized()), 1e-12);
        Assert.Equal(expected, Value(DistillationLosses.Hinton(2, 0.1).Standardized()), 1e-12);
        Assert.Equal(0.8 * expected + 0.2 * Value(DistillationLosses.HardLabels),
            Value(DistillationLosses.Hinton(2, 0.1).WithHardLabels(0.2).Standardized()), 1e-12);
    }

    [Fact]
    public void A_loss_of_hard_labels_only_cannot_be_standardized()
    {
        var error = Assert.Throws<ArgumentException>(() => DistillationLosses.HardLabels.Standardized());

        Assert.Contains("'hard labels' does not use the teacher", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_loss_can_be_wrapped()
    {
        DistillationLoss loss = new OwnLoss().WithHardLabels(0.25);

        Assert.Equal("mean absolute difference, and hard labels, weight 0.25", loss.Name);
        Assert.True(loss.UsesTeacher);
        Assert.True(loss.IsMeanOverImages);
        Assert.Equal(0.75 * (_z - _v).abs().mean().item<double>() + 0.25 * Value(DistillationLosses.HardLabels), Value(loss), 1e-12);
    }

    private double Value(DistillationLoss loss) => loss.Compute(_z, _v, _labels).item<double>();

    private sealed class Looking(Action<Tensor> look) : DistillationLoss
    {
        public override string Name => "looking";

        public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
        {
            look(studentLogits);
            return studentLogits.mean();
        }
    }
}
