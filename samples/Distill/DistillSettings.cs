namespace Distill;

/// <summary>What the command line asks for.</summary>
internal sealed record DistillSettings
{
    /// <summary>A folder or label file; null paints pictures.</summary>
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

    public required string Loss { get; init; }

    /// <summary>Views of each picture; 0 for none but the picture itself.</summary>
    public int Views { get; init; }

    /// <summary>A folder of pictures without labels; null for none.</summary>
    public string? Unlabeled { get; init; }

    public double UnlabeledShare { get; init; }

    /// <summary>A folder of pictures whose features, as the teacher's backbone sees them, the student learns first; null for none.</summary>
    public string? Pretrain { get; init; }

    public int PretrainEpochs { get; init; }

    /// <summary>The file of weights that the distilled student begins with; null for random ones.</summary>
    public string? StudentWeights { get; init; }

    /// <summary>Into how many parts the teacher's training pictures are divided, so that it speaks of what it has not seen; 0 for not at all.</summary>
    public int TeacherFolds { get; init; }

    public bool Cosine { get; init; }

    public double WeightDecay { get; init; }

    /// <summary>Folds to cross-validate over; 0 for one test set.</summary>
    public int Folds { get; init; }

    public int Seeds { get; init; }

    /// <summary>Keeps decoded pictures and what teachers said; null for nowhere.</summary>
    public string? Cache { get; init; }
}
