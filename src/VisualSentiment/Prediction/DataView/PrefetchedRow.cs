using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Prediction.DataView;

/// <summary>A row that was read ahead.</summary>
internal sealed class PrefetchedRow(int classes)
{
    public EncodedImage Image { get; } = new();

    /// <summary>What went wrong when the image was read from the input; null for nothing.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    public float[] Scores { get; } = new float[classes];

    /// <summary>Ends once the scores are there.</summary>
    public Task<bool> Scored { get; set; } = Task.FromResult(false);

    public DataViewRowId Id;

    public long Batch { get; set; }
}
