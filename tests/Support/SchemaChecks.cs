using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Tests.Support;

/// <summary>The comparisons of schemas that ML.NET's own estimator tests make.</summary>
internal static class SchemaChecks
{
    /// <summary>
    /// Columns in the same order with the same names, types and visibility, and annotations with the same names, types and
    /// values.
    /// </summary>
    /// <param name="expected">The one schema.</param>
    /// <param name="actual">The other one.</param>
    /// <param name="except">Annotations that the other one need not have.</param>
    public static void CheckSameSchemas(DataViewSchema expected, DataViewSchema actual, params string[] except)
    {
        Assert.Equal(Columns(expected), Columns(actual));
        foreach (var (first, second) in expected.Zip(actual))
            Assert.Equal(Annotations(first, except), Annotations(second, []));
    }

    /// <summary>What an estimator promises is what its transformer has.</summary>
    public static void CheckPromise(SchemaShape promised, DataViewSchema actual) =>
        Assert.Equal(Describe(promised), Describe(SchemaShapes.Create(actual)));

    /// <summary>Invalid input is refused before and in <c>Fit</c> with one message and an exception that ML.NET's tests allow.</summary>
    public static string CheckRefused<T>(IEstimator<T> estimator, IDataView input) where T : class, ITransformer
    {
        var promise = Assert.ThrowsAny<Exception>(() => estimator.GetOutputSchema(SchemaShapes.Create(input.Schema)));
        var fit = Assert.ThrowsAny<Exception>(() => estimator.Fit(input));

        Assert.True(fit is ArgumentOutOfRangeException or InvalidOperationException or TrainingDataException, fit.ToString());
        Assert.Equal((fit.GetType(), fit.Message), (promise.GetType(), promise.Message));
        return fit.Message;
    }

    private static IEnumerable<string> Columns(DataViewSchema schema) =>
        schema.Select(column => $"{column.Name}: {column.Type}{(column.IsHidden ? ", hidden" : "")}");

    private static IEnumerable<string> Annotations(DataViewSchema.Column column, string[] except) =>
        column.Annotations.Schema.Where(annotation => !except.Contains(annotation.Name))
            .Select(annotation => $"{column.Name}.{annotation.Name}: {annotation.Type} = {Value(column.Annotations, annotation)}").Order();

    private static string Value(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        T Read<T>()
        {
            T value = default!;
            annotations.GetValue(annotation.Name, ref value);
            return value;
        }

        return annotation.Type switch
        {
            TextDataViewType => $"{Read<ReadOnlyMemory<char>>()}",
            KeyDataViewType => $"{Read<uint>()}",
            VectorDataViewType { ItemType: TextDataViewType } => string.Join('|', Read<VBuffer<ReadOnlyMemory<char>>>().DenseValues()),
            var other => throw new NotSupportedException($"the annotation {annotation.Name} is {other}"),
        };
    }

    private static IEnumerable<string> Describe(SchemaShape shape) => shape.Select(column =>
        $"{column.Name}: {column.Kind} {column.ItemType} {column.IsKey} [{string.Join(", ", Describe(column.Annotations).Order())}]");
}
