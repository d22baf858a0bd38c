namespace Distill.Moods;

/// <summary>How a mood looks.</summary>
/// <param name="Name">What it is called; also the folder of its images.</param>
/// <param name="Ground">The colors of the ground.</param>
/// <param name="Ink">The colors of what stands before it.</param>
/// <param name="Motif">Draws what stands before it.</param>
internal sealed record Mood(string Name, Swatch Ground, Swatch Ink, Action<Easel> Motif)
{
    public static IReadOnlyList<Mood> All { get; } =
    [
        new("amusement", new([50, 190, 330], 40, 92), new([0, 45, 120, 200, 290], 75, 92), Motifs.Balloons),
        new("anger", new([0, 10, 350], 75, 45), new([0, 20, 355], 85, 50), Motifs.Shards),
        new("awe", new([220, 250, 35], 60, 60), new([210, 240, 40], 50, 70), Motifs.Rays),
        new("contentment", new([90, 45, 190], 35, 85), new([80, 110, 35], 45, 70), Motifs.Hills),
        new("disgust", new([55, 75, 30], 50, 50), new([65, 85, 25], 60, 45), Motifs.Splatter),
        new("excitement", new([25, 310, 190], 65, 80), new([20, 50, 300, 340, 180], 85, 92), Motifs.Whirl),
        new("fear", new([230, 270, 120], 30, 25), new([240, 200, 20], 25, 20), Motifs.Thicket),
        new("sad", new([210, 225, 200], 25, 48), new([210, 220, 30], 20, 66), Motifs.Rain),
    ];
}
