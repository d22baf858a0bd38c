using System.Globalization;
using VisualSentiment.Distillation;
using VisualSentiment.Networks;
using VisualSentiment;

namespace Distill;

/// <summary>What the command line asks for.</summary>
internal sealed record DistillSettings
{
    /// <summary>A folder or label file; null paints images.</summary>
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

    /// <summary>Whether the student is written with 8-bit integers too.</summary>
    public bool Int8 { get; init; }

    /// <summary>Students that are averaged in one file, the distilled one among them; 0 for none.</summary>
    public int Ensemble { get; init; }

    /// <summary>Whether overlays are written that show where the student sees which mood.</summary>
    public bool Explain { get; init; }

    public required string Loss { get; init; }

    /// <summary>Views of each image; 0 for none but the image itself.</summary>
    public int Views { get; init; }

    /// <summary>The smallest share of an image's area that a view shows where the student learns classes; null for the library's.</summary>
    public double? MinCropArea { get; init; }

    /// <summary>A folder of images without labels; null for none.</summary>
    public string? Unlabeled { get; init; }

    public double UnlabeledShare { get; init; }

    /// <summary>A folder of images whose features, as the teacher's backbone sees them, the student learns first; null for none.</summary>
    public string? Pretrain { get; init; }

    public int PretrainEpochs { get; init; }

    /// <summary>Views of each of those images.</summary>
    public int PretrainViews { get; init; }

    /// <summary>The file of a smaller student's weights that the student begins <see cref="Pretrain"/> with; null for none.</summary>
    public string? GrowFrom { get; init; }

    /// <summary>Epochs in which the distilled student learns the same of the training images in their views, after those of <see cref="Pretrain"/>; 0 for none.</summary>
    public int PretrainTrainingEpochs { get; init; }

    /// <summary>The file of weights that the distilled student begins with; null for random ones.</summary>
    public string? StudentWeights { get; init; }

    /// <summary>The weight of the loss of the features of the teacher's backbone, which the distilled student learns beside the classes; 0 for none.</summary>
    public double FeatureWeight { get; init; }

    /// <summary>Whether the distilled student begins with a last layer that is fitted to the teacher's logits.</summary>
    public bool LinearProbe { get; init; }

    /// <summary>Into how many parts the teacher's training images are divided, so that it speaks of what it has not seen; 0 for not at all.</summary>
    public int TeacherFolds { get; init; }

    /// <summary>The decay of the weights of an ONNX backbone's layer; null where it is chosen.</summary>
    public double? TeacherWeightDecay { get; init; }

    public bool Cosine { get; init; }

    public double WeightDecay { get; init; }

    /// <summary>Folds to cross-validate over; 0 for one test set.</summary>
    public int Folds { get; init; }

    public int Seeds { get; init; }

    /// <summary>Whether the same student is trained on the labels alone, to compare with.</summary>
    public bool LeavesOutHardLabels { get; init; }

    /// <summary>The folds.json of other recipes, over the same folds and seeds.</summary>
    public IReadOnlyList<string> Compare { get; init; } = [];

    /// <summary>How images are varied where the student learns classes; null for not at all.</summary>
    public ImageAugmentation? CreateAugmentation()
    {
        if (Views == 0)
            return null;
        var augmentation = new ImageAugmentation { Views = Views };
        return MinCropArea is { } share ? augmentation with { MinCropArea = share } : augmentation;
    }

    /// <summary>What decides the outcome, by name, as a report shows it.</summary>
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

    /// <summary>Keeps decoded images and what teachers said; null for nowhere.</summary>
    public string? Cache { get; init; }

    /// <summary>The most bytes that <see cref="Cache"/> keeps of a teacher.</summary>
    public long CacheLimit { get; init; }
}
