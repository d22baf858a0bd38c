using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Onnx.Export;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Networks;

public class CompactStudentTests
{
    public CompactStudentTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData(2, 143_634)]
    [InlineData(6, 144_406)]
    [InlineData(8, 144_792)]
    public void Has_its_number_of_parameters(int classes, long parameters) =>
        Assert.Equal(parameters, Students.Compact.CountParameters(classes).Trainable);

    [Fact]
    public void Small_compact_student_has_125_656_parameters() => Assert.Equal(125_656, Students.CompactSmall.CountParameters(8).Trainable);

    [Fact]
    public void Compact_student_has_150_456_parameters_with_statistics() => Assert.Equal(150_456, Students.Compact.CountParameters(8).WithStatistics);

    [Fact]
    public void Small_compact_student_has_at_most_the_parameters_of_the_paper_student_with_statistics() =>
        Assert.InRange(Students.CompactSmall.CountParameters(8).WithStatistics, 1, 145_800);

    [Fact]
    public void Compact_students_have_at_most_the_parameters_of_the_paper_student() =>
        Assert.All([Students.Compact, Students.CompactSmall], student => Assert.InRange(student.CountParameters(8).Trainable, 1, 145_800));

    [Fact]
    public void Compact_students_need_a_fraction_of_the_multiply_adds_of_the_paper_student()
    {
        Assert.Equal(292_334_336, Students.Paper.CountMultiplyAdds(8));
        Assert.Equal(21_133_472, Students.Compact.CountMultiplyAdds(8));
        Assert.Equal(11_992_032, Students.CompactSmall.CountMultiplyAdds(8));
    }

    [Theory]
    [InlineData(true, "2x32x28x28", "2x32x28x28", "2x96x14x14", "2x96x14x14", "2x192x7x7", "2x192x7x7", "2x192x7x7")]
    [InlineData(false, "2x48x28x28", "2x48x28x28", "2x48x28x28", "2x96x14x14", "2x96x14x14", "2x96x14x14", "2x192x7x7", "2x192x7x7", "2x192x7x7")]
    public void Stages_have_28_14_and_7_pixels(bool small, params string[] expected)
    {
        using var scope = NewDisposeScope();
        using var network = CompactStudent.Create(8, width: 1, small);
        List<string> sizes = [];
        foreach (var block in network.modules().OfType<SeparableBlock>())
            block.register_forward_hook((_, _, output) =>
            {
                sizes.Add(string.Join('x', output.shape));
                return output;
            });

        Tensor logits = network.call(rand(2, 3, 224, 224));

        Assert.Equal(expected, sizes);
        Assert.Equal([2L, 8L], logits.shape);
    }

    [Fact]
    public void Training_sends_gradients_to_every_parameter()
    {
        using var scope = NewDisposeScope();
        using var network = CompactStudent.Create(4, width: 1);
        network.train();

        network.call(rand(2, 3, 224, 224)).square().sum().backward();

        Assert.All(network.named_parameters(), p => Assert.NotNull(p.parameter.grad));
    }

    [Theory]
    [InlineData(0.25, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void Exported_student_computes_what_the_trained_student_computes(double width, bool small)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var network = CompactStudent.Create(3, width, small);
        Train(network, steps: 3);

        byte[] model = ExportedNetwork.Export(network, classes: 3);

        ExportedNetwork.AssertSameLogits(network, model);
    }

    [Fact]
    public void Exported_student_has_neither_batch_normalization_nor_arithmetic_on_pixels_before_its_convolution()
    {
        using var network = CompactStudent.Create(3, width: 1);

        var operations = ExportedNetwork.Operations(ExportedNetwork.Export(network, classes: 3));

        Assert.DoesNotContain("BatchNormalization", operations);
        Assert.Equal(["Reshape", "Cast", "Conv"], operations.Take(3));
    }

    [Fact]
    public void Width_scales_cost_and_parameters()
    {
        Student[] students = [Students.CompactOf(0.25), Students.CompactOf(0.5), Students.CompactOf(1), Students.CompactOf(2)];

        long[] parameters = [.. students.Select(s => s.CountParameters(8).Trainable)], cost = [.. students.Select(s => s.CountMultiplyAdds(8))];

        Assert.Equal(parameters.Order().Distinct(), parameters);
        Assert.Equal(cost.Order().Distinct(), cost);
        Assert.Equal(["compact, width 0.25", "compact, width 0.5", "compact", "compact, width 2"], students.Select(s => s.Name));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(1.3)]
    public void Channels_stay_multiples_of_16(double width)
    {
        using var network = CompactStudent.Create(8, width);

        Assert.All(network.modules().OfType<TorchSharp.Modules.Conv2d>(), conv => Assert.Equal(0, conv.weight.shape[0] % 16));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.2)]
    [InlineData(4.1)]
    [InlineData(double.NaN)]
    public void A_width_out_of_range_is_rejected(double width)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Students.CompactOf(width));

        Assert.Contains("0.25 to 4", error.Message);
    }

    [Fact]
    public void Learns_to_classify_drawn_images_from_a_teacher()
    {
        var ml = new MLContext(seed: 1);
        using var images = new DrawnImages(8);
        IDataView data = images.Load(ml);

        using SentimentTransformer model = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(epochs: 5),
            Student = Students.Compact,
            Loss = DistillationLosses.Hinton(4, 0.5),
            Epochs = 20,
            BatchSize = 6,
        }).Fit(data);

        Assert.InRange(ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, 0.9, 1);
    }

    private static void Train(nn.Module<Tensor, Tensor> network, int steps)
    {
        network.train();
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(network.call(randn(4, 3, 224, 224)), tensor([0L, 1, 2, 0])).backward();
            optimizer.step();
        }
    }
}
