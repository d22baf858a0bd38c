namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>What a competitor is given on its way into its process.</summary>
internal sealed record CompetitorSettings
{
    /// <summary>The folder of photographs, a folder a class.</summary>
    public required string Photographs { get; init; }

    /// <summary>The folder of exported students; see <see cref="Images.StudentFiles"/>.</summary>
    public string Students { get; init; } = "";

    /// <summary>The file of the student in it.</summary>
    public string Student { get; init; } = "";

    /// <summary>Images in one repeat.</summary>
    public int Images { get; init; }

    /// <summary>Steps, epochs or calls in one repeat.</summary>
    public int Rounds { get; init; }

    /// <summary>Images in a step or call.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>False where the first run is what is measured.</summary>
    public bool WarmUp { get; init; } = true;

    /// <summary>Photographs to warm up with where those that are measured are others.</summary>
    public string WarmUpPhotographs { get; init; } = "";

    /// <summary>How many of them, again and again where there are fewer.</summary>
    public int WarmUpImages { get; init; }

    /// <summary>Whether JPEGs are decoded as on systems without libturbojpeg.</summary>
    public bool WithoutTurboJpeg { get; init; }

    public string StudentPath => Path.Combine(Students, Student);
}
