using System.Globalization;
using VisualSentiment;

namespace Distill;

/// <summary>The settings on the command line.</summary>
internal sealed record DistillSettings
{
    /// <summary>A folder or label file; null for painted images.</summary>
    public string? Data { get; init; }

    public required string Output { get; init; }

    public required string Teacher { get; init; }

    public string? Weights { get; init; }

    public required string Student { get; init; }

    public double Temperature { get; init; }

    public double HardWeight { get; init; }

    public int Epochs { get; init; }

    public int TeacherEpochs { get; init; }

    public int BatchSize { get; init; }

    public double LearningRate { get; init; }

    public double TestFraction { get; init; }

    public int Seed { get; init; }

    /// <summary>Whether the student is also written with 8-bit integers.</summary>
    public bool Int8 { get; init; }

    /// <summary>Whether to write overlays that show which regions a prediction depends on.</summary>
    public bool Explain { get; init; }

    public required string Loss { get; init; }

    /// <summary>Augmented views per image; 0 for no augmentation.</summary>
    public int Views { get; init; }

    /// <summary>The minimum share of an image's area in a view, in distillation; null for the library's default.</summary>
    public double? MinCropArea { get; init; }

    /// <summary>A folder of images without labels; null for none.</summary>
    public string? Unlabeled { get; init; }

    public double UnlabeledShare { get; init; }

    /// <summary>A folder of images for feature pretraining; null for none.</summary>
    public string? Pretrain { get; init; }

    public int PretrainEpochs { get; init; }

    /// <summary>Augmented views per image of pretraining.</summary>
    public int PretrainViews { get; init; }

    /// <summary>The weight file of a smaller student with which <see cref="Pretrain"/> starts; null for none.</summary>
    public string? GrowFrom { get; init; }

    /// <summary>Epochs of feature pretraining on the training images, after <see cref="Pretrain"/>; 0 for none.</summary>
    public int PretrainTrainingEpochs { get; init; }

    /// <summary>The initial weights of the distilled student; null for random ones.</summary>
    public string? StudentWeights { get; init; }

    /// <summary>The weight of the feature-distillation loss; 0 for none.</summary>
    public double FeatureWeight { get; init; }

    /// <summary>Whether the last layer of the distilled student is fitted to the teacher's logits before training.</summary>
    public bool LinearProbe { get; init; }

    /// <summary>The number of folds of an out-of-fold teacher; 0 for one teacher.</summary>
    public int TeacherFolds { get; init; }

    /// <summary>The weight decay of the head of an ONNX backbone; null to choose it by cross-validation.</summary>
    public double? TeacherWeightDecay { get; init; }

    public bool Cosine { get; init; }

    public double WeightDecay { get; init; }

    /// <summary>Folds to cross-validate over; 0 for one test set.</summary>
    public int Folds { get; init; }

    public int Seeds { get; init; }

    /// <summary>Whether the same student is also trained on hard labels only.</summary>
    public bool LeavesOutHardLabels { get; init; }

    /// <summary>The augmentation in distillation; null for none.</summary>
    public ImageAugmentation? CreateAugmentation()
    {
        if (Views == 0)
            return null;
        var augmentation = new ImageAugmentation { Views = Views };
        return MinCropArea is { } share ? augmentation with { MinCropArea = share } : augmentation;
    }

    /// <summary>The settings that affect the results, by name, for the report.</summary>
    public IReadOnlyDictionary<string, string> Describe()
    {
        string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
        var described = new OrderedDictionary<string, string>
        {
            ["data"] = Data is null ? "painted moods" : Path.GetFileName(Path.TrimEndingDirectorySeparator(Data)),
            ["teacher"] = Teacher,
            ["student"] = Student,
            ["loss"] = Loss,
            ["temperature"] = Number(Temperature),
            ["weight of hard labels"] = Number(HardWeight),
            ["epochs of the student"] = Number(Epochs),
            ["epochs of a teacher trained end to end"] = Number(TeacherEpochs),
            ["batch size"] = Number(BatchSize),
            ["learning rate"] = Number(LearningRate) + (Cosine ? ", cosine" : ""),
            ["seed"] = Number(Seed),
        };
        if (Views > 0)
            described["views of an image"] = Number(Views);
        if (MinCropArea is { } share)
            described["smallest crop"] = Number(share);
        if (LinearProbe)
            described["last layer"] = "fitted first";
        if (FeatureWeight > 0)
            described["weight of features"] = Number(FeatureWeight);
        if (WeightDecay > 0)
            described["weight decay"] = Number(WeightDecay);
        if (TeacherFolds > 0)
            described["teacher's folds"] = Number(TeacherFolds);
        if (TeacherWeightDecay is { } decay)
            described["teacher's weight decay"] = Number(decay);
        return described;
    }

    /// <summary>The folder for decoded images and teacher outputs; null for none.</summary>
    public string? Cache { get; init; }

    /// <summary>The maximum bytes of teacher outputs in <see cref="Cache"/>, per teacher.</summary>
    public long CacheLimit { get; init; }
}
