using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Onnx;

namespace VisualSentiment;

/// <content>
/// ML.NET's exporter takes the output of a transformer from another library for the input of the model, and writes a file
/// without the network. These overloads have more specific parameters, so that the compiler prefers them.
/// </content>
public static partial class VisualSentimentCatalog
{
    /// <summary>Writes a student in the ONNX format, as <see cref="SentimentTransformer.SaveAsOnnx(Stream)"/> does.</summary>
    /// <remarks>
    /// The model takes pixels and not the columns of the data, because ONNX cannot decode images. The compiler chooses this
    /// method by the static type of the argument: a student in a variable of type <see cref="ITransformer"/>, or before the last
    /// step of a chain, reaches ML.NET's own method, which writes a model without the network.
    /// </remarks>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputData">Data with the image column.</param>
    /// <param name="stream">The destination; it stays open.</param>
    /// <param name="outputColumns">
    /// The columns that are wanted, the column of scores at most; none for all that the model has.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The data has no image column.</exception>
    /// <exception cref="NotSupportedException">Other output columns are wanted.</exception>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform, IDataView inputData,
        Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(inputData);
        catalog.ConvertToOnnx(transform, inputData.Schema, stream, outputColumns);
    }

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, Stream, string[])"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputSchema">A schema with the image column.</param>
    /// <param name="stream">The destination; it stays open.</param>
    /// <param name="outputColumns">
    /// The columns that are wanted, the column of scores at most; none for all that the model has.
    /// </param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform, DataViewSchema inputSchema,
        Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(outputColumns);
        transform.GetOutputSchema(inputSchema);
        if (outputColumns.FirstOrDefault(column => column != transform.ScoreColumn) is { } other)
            throw new NotSupportedException($"The column '{other}' cannot be exported to ONNX: the model has the outputs "
                + $"{ModelNames.Score} and {ModelNames.Logits}. {UseSaveAsOnnx}");
        transform.SaveAsOnnx(stream);
    }

    /// <summary>Writes the student at the end of a chain in the ONNX format, as <see cref="SentimentTransformer.SaveAsOnnx(Stream)"/> does.</summary>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The chain, such as <c>MapValueToKey</c> and the student.</param>
    /// <param name="inputData">The data that the chain takes.</param>
    /// <param name="stream">The destination; it stays open.</param>
    /// <param name="outputColumns">
    /// The columns that are wanted, the column of scores at most; none for all that the model has.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// A step before the student makes or moves the image column, or other output columns are wanted.
    /// </exception>
    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, Stream, string[])"/>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform,
        IDataView inputData, Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(inputData);
        catalog.ConvertToOnnx(transform, inputData.Schema, stream, outputColumns);
    }

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, TransformerChain{SentimentTransformer}, IDataView, Stream, string[])"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The chain, such as <c>MapValueToKey</c> and the student.</param>
    /// <param name="inputSchema">The schema of the data that the chain takes.</param>
    /// <param name="stream">The destination; it stays open.</param>
    /// <param name="outputColumns">
    /// The columns that are wanted, the column of scores at most; none for all that the model has.
    /// </param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform,
        DataViewSchema inputSchema, Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(inputSchema);
        SentimentTransformer student = transform.LastTransformer;
        DataViewSchema schema = inputSchema;
        foreach (ITransformer step in transform.SkipLast(1))
        {
            DataViewSchema next = step.GetOutputSchema(schema);
            // A column that replaces another has a place of its own.
            if (next.GetColumnOrNull(student.ImageColumn)?.Index != schema.GetColumnOrNull(student.ImageColumn)?.Index)
                throw new NotSupportedException($"The step {step.GetType().Name} makes or moves the image column "
                    + $"'{student.ImageColumn}', and an ONNX model takes pixels. {UseSaveAsOnnx}");
            schema = next;
        }
        catalog.ConvertToOnnx(student, schema, stream, outputColumns);
    }

    /// <summary>Always throws: students are written with the operator set of this library.</summary>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputData">Data with the image column.</param>
    /// <param name="opSetVersion">An operator set.</param>
    /// <param name="stream">The destination.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform, IDataView inputData,
        int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, int, Stream)"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputSchema">A schema with the image column.</param>
    /// <param name="opSetVersion">An operator set.</param>
    /// <param name="stream">The destination.</param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform, DataViewSchema inputSchema,
        int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, int, Stream)"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">A chain that ends in a student.</param>
    /// <param name="inputData">The data that the chain takes.</param>
    /// <param name="opSetVersion">An operator set.</param>
    /// <param name="stream">The destination.</param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform,
        IDataView inputData, int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, int, Stream)"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">A chain that ends in a student.</param>
    /// <param name="inputSchema">The schema of the data that the chain takes.</param>
    /// <param name="opSetVersion">An operator set.</param>
    /// <param name="stream">The destination.</param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform,
        DataViewSchema inputSchema, int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    private const string UseSaveAsOnnx =
        $"Write the student alone with {nameof(SentimentTransformer)}.{nameof(SentimentTransformer.SaveAsOnnx)}.";

    private static NotSupportedException OtherOperatorSet(int version) =>
        new($"A student is not written with operator set {version}, but with {ModelNames.OperatorSetVersion}. {UseSaveAsOnnx}");
}
