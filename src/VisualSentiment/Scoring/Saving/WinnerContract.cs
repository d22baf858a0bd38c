using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using VisualSentiment.Common;

namespace VisualSentiment.Scoring.Saving;

/// <summary>The step of a saved model that finds the class with the largest score.</summary>
[CustomMappingFactoryAttribute(ContractNames.Winner)]
internal sealed class WinnerContract : CustomMappingFactory<WinnerContract.Scores, WinnerContract.Winner>
{
    public override Action<Scores, Winner> GetMapping() => (scores, winner) =>
    {
        var values = scores.Score;
        winner.Index = ArgMax.Of(values.GetValues());
    };

    internal sealed class Scores
    {
        [ColumnName(ScoreColumns.Score)]
        public VBuffer<float> Score { get; set; }
    }

    internal sealed class Winner
    {
        [ColumnName(ChainColumns.Winner)]
        public int Index { get; set; }
    }
}
