using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>The step of a saved model that gives its constants something to be looked up by.</summary>
[CustomMappingFactoryAttribute(ContractNames.Zero)]
internal sealed class ZeroContract : CustomMappingFactory<ZeroContract.Nothing, ZeroContract.ZeroRow>
{
    public override Action<Nothing, ZeroRow> GetMapping() => (_, row) => row.Zero = 0;

    internal sealed class Nothing;

    internal sealed class ZeroRow
    {
        [ColumnName(ChainColumns.Zero)]
        public int Zero { get; set; }
    }
}
