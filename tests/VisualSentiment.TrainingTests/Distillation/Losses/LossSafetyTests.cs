using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation.Losses;

/// <summary>Where the formulas of the papers, written down as they are, end in a NaN.</summary>
public class LossSafetyTests
{
    public LossSafetyTests() => LibTorchBackend.EnsureLoaded();

    public static TheoryData<string> Losses => [.. LossSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_is_finite_for_two_classes(string name) => AssertFinite(LossSamples.All[name], images: 4, classes: 2);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_is_finite_for_a_batch_of_one(string name) => AssertFinite(LossSamples.All[name], images: 1, classes: 6);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_is_finite_for_one_image_of_two_classes(string name) => AssertFinite(LossSamples.All[name], images: 1, classes: 2);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_is_finite_for_very_large_logits(string name)
    {
        AssertFinite(LossSamples.All[name], student: z => z * 1e4, teacher: v => v * 1e4);
        AssertFinite(LossSamples.All[name], student: z => z + 1e4, teacher: v => v - 1e4);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_is_finite_for_target_probabilities_that_underflow(string name) => AssertFinite(LossSamples.All[name], teacher: v => v * 300);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Temperature_near_zero(string name)
    {
        AssertFinite(LossSamples.At(1e-3)[name]);
        AssertFinite(LossSamples.At(1e-3)[name], student: z => z * 1e4, teacher: v => v * 1e4);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_student_of_equal_logits(string name)
    {
        AssertFinite(LossSamples.All[name], student: z => zeros_like(z));
        AssertFinite(LossSamples.All[name], student: z => full_like(z, 0.1));
        AssertFinite(LossSamples.All[name], student: z => full_like(z, 1e4 / 3));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_teacher_of_equal_logits(string name)
    {
        AssertFinite(LossSamples.All[name], teacher: v => zeros_like(v));
        AssertFinite(LossSamples.All[name], student: z => zeros_like(z), teacher: v => full_like(v, 0.1));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Images_that_are_all_the_same(string name) =>
        AssertFinite(LossSamples.All[name], student: z => z[0..1].expand(4, 6), teacher: v => v[0..1].expand(4, 6));

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_is_computed_in_single_precision(ScalarType half)
    {
        Assert.All(LossSamples.All.Where(sample => sample.Value is not OwnLoss), sample =>
        {
            using var scope = NewDisposeScope();
            Tensor z = randn(4, 6).to(half), v = randn(4, 6).to(half), labels = arange(4, dtype: ScalarType.Int64);
            using Tensor narrow = z.clone().requires_grad_(), wide = z.to(ScalarType.Float32).requires_grad_();

            Tensor value = sample.Value.Compute(narrow, v, labels), expected = sample.Value.Compute(wide, v.to(ScalarType.Float32), labels);
            value.backward();
            expected.backward();

            Assert.Equal(expected.item<float>(), value.item<float>());
            Assert.True(narrow.grad!.eq(wide.grad!.to(half)).all().item<bool>(), sample.Key);
        });
    }

    [Fact]
    public void A_half_precision_student_learns_from_a_teacher_of_another_precision() =>
        Assert.All(LossSamples.All.Values, loss => AssertFinite(loss, student: z => z.to(ScalarType.BFloat16)));

    [Fact]
    public void Decoupled_loss_of_two_classes_has_no_part_for_other_classes()
    {
        using var scope = NewDisposeScope();
        Tensor z = randn(4, 2), v = randn(4, 2), labels = tensor([0L, 1, 1, 0]);

        Assert.Equal(0, DistillationLosses.Decoupled(alpha: 0, beta: 8).Compute(z, v, labels).item<float>());
        Assert.Equal(DistillationLosses.KullbackLeibler().Compute(z, v, labels).item<float>(),
            DistillationLosses.Decoupled().Compute(z, v, labels).item<float>(), 1e-5f);
    }

    [Fact]
    public void A_batch_of_one_has_no_relations_between_images()
    {
        using var scope = NewDisposeScope();
        Tensor z = randn(1, 6), v = randn(1, 6), label = tensor([2L]);

        Assert.Equal(DistillationLosses.Dist(gamma: 0).Compute(z, v, label).item<float>(), DistillationLosses.Dist(gamma: 5).Compute(z, v, label).item<float>());
    }

    [Fact]
    public void A_student_with_equal_logits_has_a_gradient_towards_its_teacher() =>
        Assert.All(LossSamples.All.Where(sample => sample.Value.UsesTeacher), sample =>
        {
            using var scope = NewDisposeScope();
            Tensor v = tensor(new float[] { 3, 0, 1, 0, 3, 1, 1, 0, 3 }, [3, 3]);
            using Tensor z = zeros(3, 3).requires_grad_();

            sample.Value.Compute(z, v, tensor([0L, 1, 2])).backward();

            Assert.True(((z.grad! * v).sum(1) < 0).all().item<bool>(), sample.Key);
        });

    [Theory]
    [MemberData(nameof(Losses))]
    public void An_unlabeled_image_has_only_the_loss_of_the_teacher(string name)
    {
        using var scope = NewDisposeScope();
        DistillationLoss loss = LossSamples.All[name];
        Tensor z = randn(1, 6).requires_grad_(), v = randn(1, 6);

        Tensor value = loss.Compute(z, v, tensor([DistillationLoss.NoLabel]));
        value.backward();

        Assert.True(float.IsFinite(value.item<float>()));
        Assert.Equal(loss.UsesTeacher && name != "DIST of columns", z.grad!.ne(0).any().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_mean_over_images_includes_unlabeled_images(string name)
    {
        using var scope = NewDisposeScope();
        DistillationLoss loss = LossSamples.All[name];
        Tensor z = randn(4, 6), v = randn(4, 6), labels = tensor([2L, DistillationLoss.NoLabel, 0L, DistillationLoss.NoLabel]);

        float whole = loss.Compute(z, v, labels).item<float>();
        float mean = Enumerable.Range(0, 4).Average(i => loss.Compute(z[i..(i + 1)], v[i..(i + 1)], labels[i..(i + 1)]).item<float>());

        if (loss.IsMeanOverImages)
            Assert.Equal(mean, whole, 1e-4f * (1 + Math.Abs(mean)));
    }

    private static void AssertFinite(DistillationLoss loss, int images = 4, int classes = 6,
        Func<Tensor, Tensor>? student = null, Func<Tensor, Tensor>? teacher = null)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor z = randn(images, classes, generator: generator), v = randn(images, classes, generator: generator);
        z = (student?.Invoke(z) ?? z).detach().contiguous().requires_grad_();

        Tensor value = loss.Compute(z, teacher?.Invoke(v) ?? v, arange(images, dtype: ScalarType.Int64) % classes);
        value.backward();

        Assert.True(float.IsFinite(value.to(ScalarType.Float32).item<float>()), $"the loss is {value.to(ScalarType.Float32).item<float>()}");
        Assert.True(z.grad!.isfinite().all().item<bool>(), $"the gradient is {z.grad!.to(ScalarType.Float32).ToString(TorchSharp.TensorStringStyle.Julia)}");
    }
}
