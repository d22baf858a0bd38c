using System.Text.Json;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation.Losses;

public class DistillationLossTests
{
    // The reference adds a small number to its denominators, this library does not.
    private const double Exact = 1e-9, Close = 1e-5;

    public DistillationLossTests() => LibTorchBackend.EnsureLoaded();

    public static TheoryData<string> Losses => [.. LossSamples.All.Keys];

    [Theory]
    [InlineData("soft_target_cross_entropy", 1.0, Exact)]
    [InlineData("soft_target_cross_entropy", 4.0, Exact)]
    [InlineData("soft_target_cross_entropy", 20.0, Exact)]
    [InlineData("soft_target_kl_T2", 1.0, Exact)]
    [InlineData("soft_target_kl_T2", 4.0, Exact)]
    [InlineData("soft_target_kl_T2", 20.0, Exact)]
    [InlineData("hinton_mixed", 4.0, Exact)]
    [InlineData("logit_mse", null, Exact)]
    [InlineData("decoupled_kd", 4.0, Exact)]
    [InlineData("dist", 4.0, Close)]
    [InlineData("logit_standardized_kl_T2", 2.0, Close)]
    public void Value_and_gradient_are_those_of_the_reference(string name, double? temperature, double tolerance)
    {
        using var document = JsonDocument.Parse(ReferenceNumbers.Read("losses.json"));
        JsonElement root = document.RootElement;
        JsonElement expected = root.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("loss").GetString() == name
            && (temperature is null || c.GetProperty("parameters").GetProperty("T").GetDouble() == temperature));
        double Setting(string key) => expected.GetProperty("parameters").GetProperty(key).GetDouble();
        DistillationLoss loss = name switch
        {
            "soft_target_cross_entropy" => DistillationLosses.SoftTarget(Setting("T")),
            "soft_target_kl_T2" => DistillationLosses.KullbackLeibler(Setting("T")),
            "hinton_mixed" => DistillationLosses.Hinton(Setting("T"), Setting("hard_weight")),
            "logit_mse" => DistillationLosses.LogitMse,
            "decoupled_kd" => DistillationLosses.Decoupled(Setting("T"), Setting("alpha"), Setting("beta")),
            "dist" => DistillationLosses.Dist(Setting("T"), Setting("beta"), Setting("gamma")),
            _ => DistillationLosses.KullbackLeibler(Setting("T")).Standardized(),
        };

        using var scope = NewDisposeScope();
        using Tensor student = Matrix(root.GetProperty("student_logits")).requires_grad_();
        using Tensor labels = tensor(root.GetProperty("labels").EnumerateArray().Select(x => x.GetInt64()).ToArray());
        Tensor value = loss.Compute(student, Matrix(root.GetProperty("teacher_logits")), labels);
        value.backward();

        double reference = expected.GetProperty("value").GetDouble();
        Assert.Equal(reference, value.item<double>(), tolerance * reference);
        Tensor gradient = Matrix(expected.GetProperty("gradient"));
        Assert.InRange(((student.grad! - gradient).norm() / gradient.norm()).item<double>(), 0, tolerance);
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
    public void Decoupled_with_the_teachers_own_weights_is_the_divergence()
    {
        using var scope = NewDisposeScope();
        Tensor z = randn(1, 8, dtype: ScalarType.Float64), v = randn(1, 8, dtype: ScalarType.Float64), label = tensor([3L]);
        double others = 1 - (v / 2).softmax(1)[0, 3].item<double>();

        Assert.Equal(DistillationLosses.KullbackLeibler(2).Compute(z, v, label).item<double>(),
            DistillationLosses.Decoupled(2, alpha: 1, beta: others).Compute(z, v, label).item<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void IsMeanOverImages_is_true_exactly_for_means_over_images(string name)
    {
        using var scope = NewDisposeScope();
        DistillationLoss loss = LossSamples.All[name];
        Tensor z = randn(6, 8, dtype: ScalarType.Float64), v = randn(6, 8, dtype: ScalarType.Float64), labels = arange(6, dtype: ScalarType.Int64);

        double mean = Enumerable.Range(0, 6).Average(i => loss.Compute(z[i..(i + 1)], v[i..(i + 1)], labels[i..(i + 1)]).item<double>());

        Assert.Equal(loss.IsMeanOverImages, Math.Abs(mean - loss.Compute(z, v, labels).item<double>()) < 1e-9);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_that_uses_no_teacher_gives_the_same_with_another(string name)
    {
        using var scope = NewDisposeScope();
        DistillationLoss loss = LossSamples.All[name];
        Tensor z = randn(6, 8), labels = arange(6, dtype: ScalarType.Int64);

        float Compute() => loss.Compute(z, randn(6, 8), labels).item<float>();

        Assert.Equal(!loss.UsesTeacher, Compute() == Compute());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 0)]
    [InlineData(30, 0)]
    [InlineData(1, 10)]
    [InlineData(1, 14)]
    [InlineData(3, 18)]
    public void Dist_has_the_value_and_gradient_of_the_authors_formula_for_sharp_teachers(double sharpness, double unlikely)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        // A class that the teacher gives a small probability in every image.
        Tensor v = randn(16, 8, generator: generator) * sharpness - unlikely * arange(8).eq(0), labels = zeros(16, dtype: ScalarType.Int64);
        foreach (double student in (double[])[1, sharpness])
        {
            using Tensor z = (randn(16, 8, generator: generator) * student).requires_grad_(), same = z.detach().clone().requires_grad_();

            Tensor value = DistillationLosses.Dist(1, 2, 2).Compute(z, v, labels);
            value.backward();
            Tensor q = same.softmax(1), p = v.softmax(1);
            Tensor expected = 2 * (1 - Cosine(q, p).mean()) + 2 * (1 - Cosine(q.t(), p.t()).mean());
            expected.backward();

            Assert.Equal(expected.item<float>(), value.item<float>(), 1e-4f);
            Assert.InRange(((z.grad! - same.grad!).norm() / same.grad!.norm()).item<float>(), 0, 1e-3f);
        }

        // Equation 5 of the paper, with the 1e-8 of the published code.
        static Tensor Cosine(Tensor a, Tensor b)
        {
            a -= a.mean([1], keepdim: true);
            b -= b.mean([1], keepdim: true);
            return (a * b).sum(1) / (a.norm(1) * b.norm(1) + 1e-8);
        }
    }

    [Fact]
    public void A_loss_has_the_temperature_that_divides_the_teachers_logits()
    {
        Assert.Equal([3, 3, 3, 3, 3], ((DistillationLoss[])[DistillationLosses.SoftTarget(3), DistillationLosses.KullbackLeibler(3),
            DistillationLosses.Hinton(3), DistillationLosses.Decoupled(3), DistillationLosses.Dist(3).WithHardLabels(0.2)]).Select(loss => loss.Temperature ?? 0));
        Assert.All((DistillationLoss[])[DistillationLosses.HardLabels, DistillationLosses.LogitMse, new OwnLoss(),
            DistillationLosses.KullbackLeibler(3).Standardized(), new OwnLoss().WithHardLabels(0.5)], loss => Assert.Null(loss.Temperature));
    }

    [Fact]
    public void Losses_with_different_settings_have_different_names() =>
        Assert.Equal(LossSamples.All.Count, LossSamples.All.Values.Select(loss => loss.Name).Distinct().Count());

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Temperature_must_be_above_zero(double temperature) =>
        Assert.All((Func<double, DistillationLoss>[])
        [
            t => DistillationLosses.SoftTarget(t), t => DistillationLosses.Hinton(t), t => DistillationLosses.KullbackLeibler(t),
            t => DistillationLosses.Decoupled(t), t => DistillationLosses.Dist(t),
        ], create => Assert.Throws<ArgumentOutOfRangeException>(() => create(temperature)));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Hard_weight_must_lie_between_zero_and_one(double hardWeight)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.Hinton(4, hardWeight));
        Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.Dist().WithHardLabels(hardWeight));
    }

    [Fact]
    public void All_settings_out_of_range_are_in_one_message()
    {
        var decoupled = Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.Decoupled(temperature: 0, alpha: -1.5, beta: double.NaN));
        var dist = Assert.Throws<ArgumentOutOfRangeException>(() => DistillationLosses.Dist(temperature: -1, beta: 0, gamma: 0));

        Assert.Equal("The loss has settings out of range: the temperature is 0; it must be above 0 and finite; the alpha is -1.5; it must be "
            + "at least 0 and finite; the beta is NaN; it must be at least 0 and finite.", decoupled.Message);
        Assert.Contains("the temperature is -1", dist.Message, StringComparison.Ordinal);
        Assert.Contains("beta is 0 and gamma is 0; one must be above 0", dist.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Computing_leaves_no_tensor_but_the_result(string name)
    {
        DistillationLoss loss = LossSamples.All[name];
        using Tensor z = randn(2, 3), v = randn(2, 3), labels = zeros(2, dtype: ScalarType.Int64);
        long before = LiveTensors.Count();

        loss.Compute(z, v, labels).Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static Tensor Matrix(JsonElement rows)
    {
        double[][] values = [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(x => x.GetDouble()).ToArray())];
        return tensor(values.SelectMany(row => row).ToArray(), [values.Length, values[0].Length]);
    }
}
