using System.Text.Json;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation;

public class DistillationLossTests
{
    public DistillationLossTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData("soft_target_cross_entropy", 1)]
    [InlineData("soft_target_cross_entropy", 4)]
    [InlineData("soft_target_cross_entropy", 20)]
    [InlineData("hinton_mixed", 4)]
    public void Value_and_gradient_are_those_of_the_reference(string name, double temperature)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("reference/losses.json")));
        JsonElement root = document.RootElement;
        JsonElement expected = root.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("loss").GetString() == name
            && c.GetProperty("parameters").GetProperty("T").GetDouble() == temperature);
        DistillationLoss loss = name == "hinton_mixed"
            ? DistillationLosses.Hinton(temperature, expected.GetProperty("parameters").GetProperty("hard_weight").GetDouble())
            : DistillationLosses.SoftTarget(temperature);

        using var scope = NewDisposeScope();
        using Tensor student = Matrix(root.GetProperty("student_logits")).requires_grad_();
        using Tensor labels = tensor(root.GetProperty("labels").EnumerateArray().Select(x => x.GetInt64()).ToArray());
        Tensor value = loss.Compute(student, Matrix(root.GetProperty("teacher_logits")), labels);
        value.backward();

        Assert.Equal(expected.GetProperty("value").GetDouble(), value.item<double>(), 1e-10);
        Assert.True(student.grad!.allclose(Matrix(expected.GetProperty("gradient")), rtol: 1e-9, atol: 1e-12));
    }

    [Fact]
    public void Soft_target_gradient_is_that_of_equation_1()
    {
        using var scope = NewDisposeScope();
        Tensor z = randn(6, 8, dtype: ScalarType.Float64).requires_grad_();
        Tensor v = randn(6, 8, dtype: ScalarType.Float64);

        DistillationLosses.SoftTarget(4).Compute(z, v, zeros(6, dtype: ScalarType.Int64)).backward();

        Tensor expected = ((z / 4).softmax(1) - (v / 4).softmax(1)) / 4 / 6;
        Assert.True(z.grad!.allclose(expected, rtol: 1e-9, atol: 1e-12));
    }

    [Fact]
    public void Hard_labels_alone_are_the_mixture_of_weight_one()
    {
        using var scope = NewDisposeScope();
        Tensor z = randn(6, 8), v = randn(6, 8), labels = arange(6, dtype: ScalarType.Int64);

        Assert.Equal(DistillationLosses.Hinton(4, hardWeight: 1).Compute(z, v, labels).item<float>(),
            DistillationLosses.HardLabels.Compute(z, v, labels).item<float>(), 1e-6f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Temperature_must_be_above_zero(double temperature)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.SoftTarget(temperature));
        Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.Hinton(temperature));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Hard_weight_must_lie_between_zero_and_one(double hardWeight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.Hinton(4, hardWeight));

    [Fact]
    public void Computing_leaves_no_tensor_but_the_result()
    {
        using Tensor z = randn(2, 3), v = randn(2, 3), labels = zeros(2, dtype: ScalarType.Int64);
        long before = Tensor.TotalCount;

        foreach (DistillationLoss loss in (DistillationLoss[])[DistillationLosses.SoftTarget(), DistillationLosses.Hinton(), DistillationLosses.HardLabels])
            loss.Compute(z, v, labels).Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static Tensor Matrix(JsonElement rows)
    {
        double[][] values = [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(x => x.GetDouble()).ToArray())];
        return tensor(values.SelectMany(row => row).ToArray(), [values.Length, values[0].Length]);
    }
}
