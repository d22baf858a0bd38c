using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring;

/// <summary>A row that was read ahead.</summary>
internal sealed class AheadRow(int classes)
{
    public KeptPicture Picture { get; } = new();

    /// <summary>What went wrong when the picture was read from the input; null for nothing.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    public float[] Scores { get; } = new float[classes];

    /// <summary>Ends once the scores are there.</summary>
    public Task<bool> Scored { get; set; } = Task.FromResult(false);

    public DataViewRowId Id;

    public long Batch { get; set; }
}
