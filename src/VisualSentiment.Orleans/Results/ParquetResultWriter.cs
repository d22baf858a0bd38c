using Parquet;
using Parquet.Schema;

namespace VisualSentiment.Cluster.Results;

/// <summary>Writes one row group with a column per field. It holds the rows of the shard in memory.</summary>
internal sealed class ParquetResultWriter(Stream output, IReadOnlyList<string> classes) : ResultWriter
{
    private readonly List<ImageRow> _rows = [];

    public override void Write(ImageRow row) => _rows.Add(row);

    public override void Dispose()
    {
    }

    public override async Task FinishAsync()
    {
        var file = new DataField<string>("file", nullable: false);
        var emotion = new DataField<string>("emotion");
        var confidence = new DataField<float?>("confidence");
        DataField[] scores = [.. classes.Select(name => new DataField<float?>($"score_{name}"))];
        var error = new DataField<string>("error");
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(
            new ParquetSchema([file, emotion, confidence, .. scores, error]), output);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync(file, [.. _rows.Select(row => row.Image)]);
        await group.WriteAsync(emotion, [.. _rows.Select(row => row.Emotion!)]);
        await WriteAsync(confidence, row => row.Scores?.Max());
        for (int i = 0; i < scores.Length; i++)
        {
            int index = i;
            await WriteAsync(scores[i], row => row.Scores?[index]);
        }
        await group.WriteAsync(error, [.. _rows.Select(row => row.Error!)]);

        async Task WriteAsync(DataField field, Func<ImageRow, float?> value) =>
            await group.WriteAsync<float>(field, new ReadOnlyMemory<float?>([.. _rows.Select(value)]));
    }
}
