namespace VisualSentiment.Cluster.Results;

/// <summary>Writes rows in one of the formats. Equal rows give equal bytes.</summary>
internal abstract class ResultWriter : IDisposable
{
    public static ResultWriter Create(TaggingFormat format, Stream output, IReadOnlyList<string> classes) =>
        format == TaggingFormat.Parquet ? new ParquetResultWriter(output, classes)
            : new JsonLinesWriter(output, classes);

    public static string ExtensionOf(TaggingFormat format) => format == TaggingFormat.Parquet ? ".parquet" : ".jsonl";

    public abstract void Write(ImageRow row);

    /// <summary>Writes what is left. The stream stays open.</summary>
    public abstract Task FinishAsync();

    public abstract void Dispose();
}
