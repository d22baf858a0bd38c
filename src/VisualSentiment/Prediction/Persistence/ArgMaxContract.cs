using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using VisualSentiment.Common;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>The step of a saved model that finds the class with the largest score.</summary>
[CustomMappingFactoryAttribute(ContractNames.Winner)]
internal sealed class ArgMaxContract : CustomMappingFactory<ArgMaxContract.Scores, ArgMaxContract.Winner>
{
    public override Action<Scores, Winner> GetMapping() => (scores, winner) =>
    {
        var values = scores.Score;
        winner.Index = ArgMax.Of(values.GetValues());
    };

    internal sealed class Scores
    {
        [ColumnName(ChainColumns.Score)]
        public VBuffer<float> Score { get; set; }
    }

    internal sealed class Winner
    {
        [ColumnName(ChainColumns.Winner)]
        public int Index { get; set; }
    }
}
