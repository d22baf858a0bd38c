namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The settings of a competitor, which are passed to its process as JSON.</summary>
internal sealed record CompetitorSettings
{
    /// <summary>The folder of photographs, with one subfolder per class.</summary>
    public required string Photographs { get; init; }

    /// <summary>The folder of exported students; see <see cref="Images.StudentFiles"/>.</summary>
    public string Students { get; init; } = "";

    /// <summary>The file of the student in that folder.</summary>
    public string Student { get; init; } = "";

    /// <summary>Images in one repeat.</summary>
    public int Images { get; init; }

    /// <summary>Steps, epochs or calls in one repeat.</summary>
    public int Rounds { get; init; }

    /// <summary>Images in a step or call.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Whether to warm up; false if the first run is measured.</summary>
    public bool WarmUp { get; init; } = true;

    /// <summary>The folder of the photographs to warm up with, if it is not that of the measured ones.</summary>
    public string WarmUpPhotographs { get; init; } = "";

    /// <summary>The number of images to warm up with. A folder with fewer is read several times.</summary>
    public int WarmUpImages { get; init; }

    /// <summary>Whether JPEGs are decoded as on systems without libturbojpeg.</summary>
    public bool WithoutTurboJpeg { get; init; }

    public string StudentPath => Path.Combine(Students, Student);
}
