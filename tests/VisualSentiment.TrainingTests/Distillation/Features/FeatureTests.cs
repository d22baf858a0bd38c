using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.Features;

/// <summary>Drawn images, and a backbone whose features of them a student learns.</summary>
public abstract class FeatureTests : IDisposable
{
    private readonly DrawnImages _images;

    private protected FeatureTests(int imagesPerClass, Action<string> writeBackbone)
    {
        LibTorchBackend.EnsureLoaded();
        _images = new DrawnImages(imagesPerClass);
        Backbone = Folder["backbone.onnx"];
        writeBackbone(Backbone);
    }

    private protected MLContext Ml { get; } = new(seed: 5);

    private protected TemporaryFolder Folder { get; } = new();

    private protected string Images => _images.Folder;

    /// <summary>The file of the backbone.</summary>
    private protected string Backbone { get; }

    /// <summary>The backbone with a given weight decay. To select one, the head would be trained fifteen times more.</summary>
    private protected TrainableTeacher BackboneTeacher =>
        Teachers.Onnx(Backbone, PixelNormalization.MinusOneToOne, new() { WeightDecay = 0.1 });

    public void Dispose()
    {
        _images.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected IDataView LoadLabeled() => _images.Load(Ml);

    private protected Student Pretrain(StudentPretrainingOptions options) =>
        Ml.MulticlassClassification.PretrainStudent(Ml.Data.LoadUnlabeledImages(Images), options);
}
