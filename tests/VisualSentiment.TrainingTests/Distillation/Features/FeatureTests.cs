using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.Features;

/// <summary>Drawn pictures, and a backbone whose features of them a student learns.</summary>
public abstract class FeatureTests : IDisposable
{
    private readonly DrawnPictures _pictures;

    private protected FeatureTests(int picturesPerClass, Action<string> writeBackbone)
    {
        LibTorchBackend.EnsureLoaded();
        _pictures = new DrawnPictures(picturesPerClass);
        Backbone = Folder["backbone.onnx"];
        writeBackbone(Backbone);
    }

    private protected MLContext Ml { get; } = new(seed: 5);

    private protected TemporaryFolder Folder { get; } = new();

    private protected string Pictures => _pictures.Folder;

    /// <summary>The file of the backbone.</summary>
    private protected string Backbone { get; }

    public void Dispose()
    {
        _pictures.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected IDataView LoadLabelled() => _pictures.Load(Ml);

    private protected Student Pretrain(StudentPretrainingOptions options) =>
        Ml.MulticlassClassification.PretrainStudent(Ml.Data.LoadUnlabeledImages(Pictures), options);
}
