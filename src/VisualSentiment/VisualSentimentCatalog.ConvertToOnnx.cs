using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Onnx;

namespace VisualSentiment;

/// <content>
/// ML.NET's exporter treats the output column of a third-party transformer as an input of the model, and writes a file
/// without the network. The compiler prefers these overloads because their parameter types are more specific.
/// </content>
public static partial class VisualSentimentCatalog
{
    /// <summary>
    /// Writes a student in ONNX format, in the same way as <see cref="SentimentTransformer.SaveAsOnnx(Stream)"/>.
    /// </summary>
    /// <remarks>
    /// The input of the ONNX model is pixels, not the columns of the data, because ONNX cannot decode images. The
    /// compiler chooses this overload by the static type of the argument. If the student is in a variable of type
    /// <see cref="ITransformer"/>, or is not the last step of a chain, the compiler chooses ML.NET's own method, which
    /// writes a model without the network.
    /// </remarks>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputData">Data with the image column.</param>
    /// <param name="stream">The stream to write to. It is left open.</param>
    /// <param name="outputColumns">
    /// The output columns to export: only the score column is supported. If empty, all model outputs are exported.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The data has no image column.</exception>
    /// <exception cref="NotSupportedException">
    /// <paramref name="outputColumns"/> contains a column other than the score column.
    /// </exception>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform,
        IDataView inputData, Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(inputData);
        catalog.ConvertToOnnx(transform, inputData.Schema, stream, outputColumns);
    }

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, Stream, string[])"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputSchema">A schema with the image column.</param>
    /// <param name="stream">The stream to write to. It is left open.</param>
    /// <param name="outputColumns">
    /// The output columns to export: only the score column is supported. If empty, all model outputs are exported.
    /// </param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform,
        DataViewSchema inputSchema, Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(outputColumns);
        transform.GetOutputSchema(inputSchema);
        if (outputColumns.FirstOrDefault(column => column != transform.ScoreColumn) is { } other)
            throw new NotSupportedException($"The column '{other}' cannot be exported to ONNX. The model outputs are "
                + $"{ModelNames.Score} and {ModelNames.Logits}. {UseSaveAsOnnx}");
        transform.SaveAsOnnx(stream);
    }

    /// <summary>
    /// Writes the student at the end of a chain in ONNX format, in the same way as
    /// <see cref="SentimentTransformer.SaveAsOnnx(Stream)"/>.
    /// </summary>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The chain, such as <c>MapValueToKey</c> followed by the student.</param>
    /// <param name="inputData">The input data of the chain.</param>
    /// <param name="stream">The stream to write to. It is left open.</param>
    /// <param name="outputColumns">
    /// The output columns to export: only the score column is supported. If empty, all model outputs are exported.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// A step before the student creates or moves the image column, or <paramref name="outputColumns"/> contains a
    /// column other than the score column.
    /// </exception>
    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, Stream, string[])"/>
    public static void ConvertToOnnx(
        this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform, IDataView inputData,
        Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(inputData);
        catalog.ConvertToOnnx(transform, inputData.Schema, stream, outputColumns);
    }

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, TransformerChain{SentimentTransformer}, IDataView,
    /// Stream, string[])"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The chain, such as <c>MapValueToKey</c> followed by the student.</param>
    /// <param name="inputSchema">The schema of the input data of the chain.</param>
    /// <param name="stream">The stream to write to. It is left open.</param>
    /// <param name="outputColumns">
    /// The output columns to export: only the score column is supported. If empty, all model outputs are exported.
    /// </param>
    public static void ConvertToOnnx(
        this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform,
        DataViewSchema inputSchema, Stream stream, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(inputSchema);
        SentimentTransformer student = transform.LastTransformer;
        DataViewSchema schema = inputSchema;
        foreach (ITransformer step in transform.SkipLast(1))
        {
            DataViewSchema next = step.GetOutputSchema(schema);
            // A column that replaces another of the same name gets a new index.
            if (next.GetColumnOrNull(student.ImageColumn)?.Index != schema.GetColumnOrNull(student.ImageColumn)?.Index)
                throw new NotSupportedException($"The step {step.GetType().Name} creates or moves the image column "
                    + $"'{student.ImageColumn}', but the input of an ONNX model is pixels. {UseSaveAsOnnx}");
            schema = next;
        }
        catalog.ConvertToOnnx(student, schema, stream, outputColumns);
    }

    /// <summary>Not supported. Students are always written with the operator set of this library.</summary>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputData">Data with the image column.</param>
    /// <param name="opSetVersion">The version of the operator set.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform,
        IDataView inputData, int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, int, Stream)"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">The student.</param>
    /// <param name="inputSchema">A schema with the image column.</param>
    /// <param name="opSetVersion">The version of the operator set.</param>
    /// <param name="stream">The stream to write to.</param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, SentimentTransformer transform,
        DataViewSchema inputSchema, int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, int, Stream)"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">A chain that ends in a student.</param>
    /// <param name="inputData">The input data of the chain.</param>
    /// <param name="opSetVersion">The version of the operator set.</param>
    /// <param name="stream">The stream to write to.</param>
    public static void ConvertToOnnx(
        this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform, IDataView inputData,
        int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, SentimentTransformer, IDataView, int, Stream)"/>
    /// <param name="catalog">The model catalog of an <see cref="MLContext"/>.</param>
    /// <param name="transform">A chain that ends in a student.</param>
    /// <param name="inputSchema">The schema of the input data of the chain.</param>
    /// <param name="opSetVersion">The version of the operator set.</param>
    /// <param name="stream">The stream to write to.</param>
    public static void ConvertToOnnx(
        this ModelOperationsCatalog catalog, TransformerChain<SentimentTransformer> transform,
        DataViewSchema inputSchema, int opSetVersion, Stream stream) => throw OtherOperatorSet(opSetVersion);

    private const string UseSaveAsOnnx =
        $"Use {nameof(SentimentTransformer)}.{nameof(SentimentTransformer.SaveAsOnnx)} to write the student alone.";

    private static NotSupportedException OtherOperatorSet(int version) =>
        new($"A student cannot be written with operator set {version}, only with {ModelNames.OperatorSetVersion}. "
            + UseSaveAsOnnx);
}
