using System.Globalization;

namespace PaperTables;

/// <summary>What the command line asks for.</summary>
internal sealed record PaperSettings
{
    /// <summary>A folder or label file; null paints images.</summary>
    public string? Data { get; init; }

    /// <summary>Painted images of each mood.</summary>
    public int Images { get; init; }

    /// <summary>Who teaches where ResNet-50 does not; null for nobody.</summary>
    public string? Teacher { get; init; }

    /// <summary>ResNet-50's pretrained weights; null for random ones.</summary>
    public string? Weights { get; init; }

    public required string Output { get; init; }

    public required IReadOnlyList<double> Temperatures { get; init; }

    /// <summary>Folds to cross-validate over besides the split; 0 for none.</summary>
    public int Folds { get; init; }

    public NetworkChoice Networks { get; init; }

    /// <summary>The longest training of a network, in hours.</summary>
    public double Budget { get; init; }

    /// <summary>Epochs of the student.</summary>
    public int Epochs { get; init; }

    /// <summary>Epochs of every other network.</summary>
    public int TeacherEpochs { get; init; }

    public int BatchSize { get; init; }

    public double TestFraction { get; init; }

    public int Seed { get; init; }

    /// <summary>Keeps decoded images and what the teacher said of them.</summary>
    public required string Cache { get; init; }

    public string DataName => Data ?? "painted moods";

    /// <summary>What decides the result of a row, by the options' names.</summary>
    public IReadOnlyDictionary<string, string> ThatDecide() => new Dictionary<string, string>
    {
        ["--data"] = Data is null ? $"{Images} painted images a mood" : Path.GetFullPath(Data),
        ["--teacher"] = Teacher ?? RowKeys.ResNet50,
        ["--weights"] = Weights ?? "random",
        ["--epochs"] = Epochs.ToString(CultureInfo.InvariantCulture),
        ["--teacher-epochs"] = TeacherEpochs.ToString(CultureInfo.InvariantCulture),
        ["--batch-size"] = BatchSize.ToString(CultureInfo.InvariantCulture),
        ["--test-fraction"] = TestFraction.ToString(CultureInfo.InvariantCulture),
        ["--seed"] = Seed.ToString(CultureInfo.InvariantCulture),
    };
}
