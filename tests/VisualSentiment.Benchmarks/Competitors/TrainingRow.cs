using Microsoft.ML.Data;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>A labeled image with a teacher's probabilities.</summary>
internal sealed class TrainingRow
{
    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";

    [VectorType(TrainingRows.Classes)]
    public float[] TeacherScores { get; set; } = [];
}
