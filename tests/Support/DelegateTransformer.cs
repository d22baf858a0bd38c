using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Tests.Support;

/// <summary>A model that does to data what it is told.</summary>
internal sealed class DelegateTransformer(Func<IDataView, IDataView> transform) : ITransformer
{
    public bool IsRowToRowMapper => false;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => throw new NotSupportedException();

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

    public IDataView Transform(IDataView input) => transform(input);

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
}
