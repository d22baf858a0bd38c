using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace VisualSentiment.Tests.Support;

internal static class SchemaShapes
{
    /// <summary>The shape of a schema, as ML.NET takes it when it checks what estimators promise.</summary>
    public static SchemaShape Create(DataViewSchema schema) => Create(null, schema);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod)]
    private static extern SchemaShape Create(SchemaShape? type, DataViewSchema schema);
}
