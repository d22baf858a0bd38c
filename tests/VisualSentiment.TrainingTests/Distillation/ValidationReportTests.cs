using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Distillation.Losses;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation;

public sealed class ValidationReportTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 8);
    private readonly MLContext _ml = new(seed: 3);

    public ValidationReportTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void A_Fit_with_a_validation_part_reports_the_gain_of_distillation()
    {
        using var foreign = new DrawnImages(imagesPerClass: 2);
        long before = LiveTensors.Count();
        using var student = _ml.Transforms.DistillSentiment(Options() with
        {
            ValidationFraction = 0.25, Unlabeled = new(_ml.Data.LoadUnlabeledImages(foreign.Folder)),
        }).Fit(_images.Load(_ml));

        DistillationReport report = Assert.IsType<DistillationReport>(student.Report);
        Assert.Equal(before, LiveTensors.Count());
        Assert.Equal(6, report.Images);
        Assert.NotNull(report.Teacher);
        Assert.Null(report.HardLabelStudent);
        Assert.Equal(student.History[^1].ValidationAccuracy!.Value, report.Student.Accuracy.Value, 1e-9);
    }

    [Fact]
    public void Without_a_validation_part_there_is_no_report()
    {
        using var student = _ml.Transforms.DistillSentiment(Options()).Fit(_images.Load(_ml));

        Assert.Null(student.Report);
    }

    [Fact]
    public void The_report_has_the_temperature_of_the_loss()
    {
        double? TemperatureOf(KnowledgeDistillationOptions options)
        {
            using var student = _ml.Transforms.DistillSentiment(options with { Epochs = 1, ValidationFraction = 0.25 }).Fit(_images.Load(_ml));
            return student.Report!.Temperature;
        }

        Assert.Equal(3, TemperatureOf(Options() with { Loss = DistillationLosses.SoftTarget(3) }));
        Assert.Equal(1, TemperatureOf(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Loss = DistillationLosses.KullbackLeibler(1) }));
        Assert.Null(TemperatureOf(DistillationRecipes.Paper with { Teacher = SmallNetworks.Teacher(epochs: 1), Student = SmallNetworks.Student, Loss = new OwnLoss() }));
        Assert.Null(TemperatureOf(Options() with { Loss = DistillationLosses.HardLabels }));
    }

    private static KnowledgeDistillationOptions Options() => DistillationRecipes.Paper with
    {
        Teacher = SmallNetworks.Teacher(epochs: 6), Student = SmallNetworks.Student, Loss = DistillationLosses.SoftTarget(1), Epochs = 12, BatchSize = 6, LearningRate = 0.02,
    };
}
