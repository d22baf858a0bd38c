using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation;

public sealed class GpuTrainingTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 8);
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _images.Dispose();

    // On the processor, too: where there is no GPU, this still tells that what is asked here can be had.
    [Theory]
    [InlineData(TrainingDevice.Cpu)]
    [InlineData(TrainingDevice.Cuda)]
    public void A_student_and_its_teacher_train_on_the_selected_device(TrainingDevice where)
    {
        LibTorchBackend.EnsureLoaded();
        Assert.SkipUnless(where == TrainingDevice.Cpu || (LibTorchBackend.HasCuda && cuda.is_available()), "needs an NVIDIA GPU and a libtorch for CUDA");
        var data = _images.Load(_ml);
        using SentimentTransformer model = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(epochs: 8),
            Student = SmallNetworks.Student,
            Epochs = 20,
            LearningRate = 0.02,
            Augmentation = new ImageAugmentation { Views = 2 },
            Device = where,
        }).Fit(data);

        // Fit has compared what was exported with what was trained.
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(data));
        Assert.True(metrics.MicroAccuracy > 0.8, $"accuracy {metrics.MicroAccuracy}");
    }
}
