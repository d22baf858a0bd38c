using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction;

public sealed class SentimentTransformerTests : IDisposable
{
    private const int Rows = 9;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly PathRow[] _rows;
    private readonly IDataView _data;
    private readonly SentimentTransformer _transformer = new(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);

    public SentimentTransformerTests()
    {
        _rows = [.. Enumerable.Range(0, Rows).Select(i => new PathRow
        {
            ImagePath = TestImage.Write(_folder[$"{i}.png"], i),
            Label = ExportedStudent.Classes[i % 3],
        })];
        _data = _ml.Data.LoadFromEnumerable(_rows);
    }

    public void Dispose()
    {
        _transformer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Score_has_the_classes_as_slot_names()
    {
        var score = _transformer.Transform(_data).Schema["Score"];

        Assert.Equal(3, ((VectorDataViewType)score.Type).Size);
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        Assert.Equal(ExportedStudent.Classes, names.DenseValues().Select(n => n.ToString()));
    }

    [Fact]
    public void Predicted_label_is_a_key_of_the_classes()
    {
        var label = _transformer.Transform(_data).Schema["PredictedLabel"];

        Assert.Equal(3ul, ((KeyDataViewType)label.Type).Count);
        VBuffer<ReadOnlyMemory<char>> values = default;
        label.GetKeyValues(ref values);
        Assert.Equal(ExportedStudent.Classes, values.DenseValues().Select(n => n.ToString()));
    }

    [Fact]
    public void Score_is_marked_as_a_multiclass_score_as_ml_net_marks_its_own()
    {
        var schema = _transformer.GetOutputSchema(_data.Schema);

        ReadOnlyMemory<char> kind = default, value = default;
        schema["Score"].Annotations.GetValue("ScoreColumnKind", ref kind);
        schema["Score"].Annotations.GetValue("ScoreValueKind", ref value);
        Assert.Equal("MulticlassClassification", kind.ToString());
        Assert.Equal("Score", value.ToString());
        Assert.NotNull(schema["Score"].Annotations.Schema.GetColumnOrNull("TrainingLabelValues"));
    }

    [Fact]
    public void Other_columns_pass_through()
    {
        var scored = _transformer.Transform(_data);

        Assert.Equal(["ImagePath", "Label", "PredictedLabel", "Score"], scored.Schema.Select(c => c.Name));
        Assert.Equal(_rows.Select(r => r.ImagePath), scored.GetColumn<string>("ImagePath"));
    }

    [Fact]
    public void Scores_are_probabilities_and_the_label_is_the_largest()
    {
        var predictions = Predict(_transformer, _data);

        Assert.Equal(Rows, predictions.Count);
        Assert.All(predictions, p => Assert.Equal(1, p.Score.Sum(), 1e-5f));
        Assert.All(predictions, p => Assert.Equal(p.Score.Max(), p.Score[(int)p.PredictedLabel - 1]));
        Assert.True(predictions.Select(p => p.PredictedLabel).Distinct().Count() > 1, "the images should differ");
    }

    [Fact]
    public void Transformers_before_and_after_it_work()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(new ReadyMadeEstimator(_transformer))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        var scored = pipeline.Fit(_data).Transform(_data);

        Assert.All(scored.GetColumn<string>("PredictedLabel"), l => Assert.Contains(l, ExportedStudent.Classes));
    }

    [Fact]
    public void Evaluate_works()
    {
        var scored = _transformer.Transform(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(_data).Transform(_data));

        var metrics = _ml.MulticlassClassification.Evaluate(scored);

        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.InRange(metrics.MicroAccuracy, 0, 1);
    }

    [Fact]
    public void Cross_validation_works()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(new ReadyMadeEstimator(_transformer));

        var folds = _ml.MulticlassClassification.CrossValidate(_data, pipeline, numberOfFolds: 3);

        Assert.Equal(3, folds.Count);
        Assert.All(folds, f => Assert.Equal(3, f.Metrics.PerClassLogLoss.Count));
    }

    [Fact]
    public void Promise_of_the_schema_holds()
    {
        var shape = new ReadyMadeEstimator(_transformer).GetOutputSchema(ShapeOf(_data.Schema));
        var promised = shape.Where(c => c.Name is "Score" or "PredictedLabel");
        var kept = ShapeOf(_transformer.GetOutputSchema(_data.Schema)).ToDictionary(c => c.Name);

        Assert.Equal(2, promised.Count());
        foreach (var column in promised)
        {
            Assert.Equal((column.Kind, column.ItemType, column.IsKey), (kept[column.Name].Kind, kept[column.Name].ItemType, kept[column.Name].IsKey));
            Assert.Equal(column.Annotations.Select(a => (a.Name, a.Kind, a.ItemType, a.IsKey)).Order(),
                kept[column.Name].Annotations.Select(a => (a.Name, a.Kind, a.ItemType, a.IsKey)).Order());
        }
    }

    [Fact]
    public void Prediction_engine_gives_the_scores_of_transform()
    {
        var expected = Predict(_transformer, _data);
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, Prediction>(_transformer);

        for (int i = 0; i < Rows; i++)
        {
            var prediction = engine.Predict(_rows[i]);
            Assert.Equal(expected[i].Score, prediction.Score);
            Assert.Equal(expected[i].PredictedLabel, prediction.PredictedLabel);
        }
    }

    [Fact]
    public void Nothing_is_decoded_where_no_score_is_wanted()
    {
        var data = _ml.Data.LoadFromEnumerable([new PathRow { ImagePath = "nowhere.png", Label = "awe" }]);

        Assert.Equal(["awe"], _transformer.Transform(data).GetColumn<string>("Label"));
        Assert.Throws<UnreadableImageException>(() => _transformer.Transform(data).GetColumn<uint>("PredictedLabel").ToList());
    }

    [Fact]
    public void Parallel_cursors_give_every_row_the_same_scores()
    {
        var scored = _transformer.Transform(_ml.Data.Cache(_data));
        var expected = _rows.Zip(Predict(_transformer, _data)).ToDictionary(p => p.First.ImagePath, p => p.Second.Score);
        var found = new System.Collections.Concurrent.ConcurrentDictionary<string, float[]>();

        Parallel.ForEach(scored.GetRowCursorSet(scored.Schema, 3), cursor =>
        {
            using (cursor)
            {
                var path = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["ImagePath"]);
                var score = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
                ReadOnlyMemory<char> name = default;
                VBuffer<float> values = default;
                while (cursor.MoveNext())
                {
                    path(ref name);
                    score(ref values);
                    found[name.ToString()] = [.. values.DenseValues()];
                }
            }
        });

        Assert.Equal(expected.OrderBy(p => p.Key), found.OrderBy(p => p.Key));
    }

    [Fact]
    public void Rows_read_ahead_keep_their_order_and_their_other_columns()
    {
        var rows = Enumerable.Range(0, 100).Select(i => new ManyColumns
        {
            ImagePath = _rows[i % Rows].ImagePath,
            Number = i,
            Words = [$"{i}", "", $"{i + 1}"],
            Values = i % 2 == 0 ? [i, i + 1] : [],
            Key = (uint)(i % 5),
        }).ToArray();
        var expected = _rows.Zip(Predict(_transformer, _data)).ToDictionary(p => p.First.ImagePath, p => p.Second.Score);

        var data = _ml.Data.LoadFromEnumerable(rows);
        var scored = _transformer.Transform(data);
        var read = _ml.Data.CreateEnumerable<ManyColumnsScored>(scored, reuseRowObject: false).ToList();

        Assert.Equal(rows.Select(r => r.Number), read.Select(r => r.Number));
        Assert.Equal(rows.Select(r => r.ImagePath), read.Select(r => r.ImagePath));
        Assert.Equal(rows.SelectMany(r => r.Words), read.SelectMany(r => r.Words));
        Assert.Equal(rows.SelectMany(r => r.Values), read.SelectMany(r => r.Values));
        Assert.Equal(data.GetColumn<uint>("Key"), scored.GetColumn<uint>("Key"));
        Assert.All(read, r => Assert.Equal(expected[r.ImagePath], r.Score));
    }

    [Fact]
    public void Rows_read_ahead_hold_encoded_images_of_their_own()
    {
        var rows = Enumerable.Range(0, 60).Select(i => new EncodedRow { Image = TestImage.Encode(i % 11) }).ToArray();
        using var transformer = new SentimentTransformer(ExportedStudent.Create(), "Image", new VectorDataViewType(NumberDataViewType.Byte));
        using var engine = _ml.Model.CreatePredictionEngine<EncodedRow, Prediction>(transformer);

        var scores = transformer.Transform(_ml.Data.LoadFromEnumerable(rows)).GetColumn<float[]>("Score").ToList();

        Assert.Equal(rows.Select(r => engine.Predict(r).Score), scores);
    }

    [Fact]
    public void Unreadable_image_is_thrown_at_its_row()
    {
        PathRow[] rows = [.. _rows, new() { ImagePath = "nowhere.png", Label = "awe" }, .. _rows];
        var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(rows));
        using var cursor = scored.GetRowCursor(scored.Schema);
        var label = cursor.GetGetter<uint>(scored.Schema["PredictedLabel"]);
        uint value = 0;

        for (int row = 0; cursor.MoveNext(); row++)
        {
            if (row == Rows)
                Assert.Equal("nowhere.png", Assert.Throws<UnreadableImageException>(() => label(ref value)).Image);
            else
                label(ref value);
        }

        Assert.Equal(-1, cursor.Position);
    }

    [Fact]
    public void Failure_of_the_input_surfaces_after_the_rows_before_it()
    {
        IEnumerable<PathRow> Failing()
        {
            foreach (var row in _rows)
                yield return row;
            throw new TimeoutException("the archive is away");
        }
        var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(Failing()));
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);

        for (int row = 0; row < Rows; row++)
            Assert.True(cursor.MoveNext());

        Assert.Throws<TimeoutException>(() => cursor.MoveNext());
    }

    [Fact]
    public void Input_is_read_a_bounded_number_of_rows_ahead_and_no_more_once_the_cursor_is_disposed()
    {
        int pulled = 0;
        IEnumerable<PathRow> Endless()
        {
            for (; ; pulled++)
                yield return _rows[pulled % Rows];
        }
        var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(Endless()));

        var cursor = scored.GetRowCursor([scored.Schema["Score"]]);

        for (int taken = 1; taken <= 50; taken++)
        {
            Assert.True(cursor.MoveNext());
            Assert.InRange(pulled, taken - 1, taken + 4 * Environment.ProcessorCount);
        }
        cursor.Dispose();
        int before = pulled;

        Assert.False(cursor.MoveNext());
        Assert.Equal(before, pulled);
    }

    [Fact]
    public void Shuffled_rows_keep_their_scores()
    {
        var expected = _rows.Zip(Predict(_transformer, _data)).ToDictionary(p => p.First.ImagePath, p => p.Second.Score);

        var shuffled = _ml.Data.ShuffleRows(_transformer.Transform(_data), seed: 3);

        Assert.Equal(expected.OrderBy(p => p.Key), shuffled.GetColumn<string>("ImagePath")
            .Zip(shuffled.GetColumn<float[]>("Score"), KeyValuePair.Create).OrderBy(p => p.Key));
    }

    [Fact]
    public void Rows_keep_their_identifiers()
    {
        var scored = _transformer.Transform(_data);
        using var input = _data.GetRowCursor([]);
        using var output = scored.GetRowCursor([]);
        ValueGetter<DataViewRowId> inputId = input.GetIdGetter(), outputId = output.GetIdGetter();
        DataViewRowId a = default, b = default;

        while (input.MoveNext() && output.MoveNext())
        {
            inputId(ref a);
            outputId(ref b);
            Assert.Equal(a, b);
        }
    }

    [Fact]
    public void Missing_image_column_is_named_with_those_there_are()
    {
        using var transformer = new SentimentTransformer(ExportedStudent.Create(), "Image", TextDataViewType.Instance);

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => transformer.Transform(_data));

        Assert.Contains("'Image'", error.Message);
        Assert.Contains("ImagePath, Label", error.Message);
    }

    [Fact]
    public void Image_column_of_another_kind_than_in_training_is_rejected()
    {
        using var transformer = new SentimentTransformer(ExportedStudent.Create(), "ImagePath", new VectorDataViewType(NumberDataViewType.Byte));

        var error = Assert.Throws<InvalidOperationException>(() => transformer.GetOutputSchema(_data.Schema));

        Assert.Contains("'ImagePath' has the type String", error.Message);
        Assert.Contains("SentimentTransformer.Load(path, inputSchema, imageColumnName)", error.Message);
    }

    [Fact]
    public void Row_of_another_schema_is_rejected()
    {
        var moved = _ml.Data.LoadFromEnumerable(_rows.Select(row => new MovedRow { Aaa = "another.png", ImagePath = row.ImagePath }));
        var mapper = ((ITransformer)_transformer).GetRowToRowMapper(_data.Schema);
        using var row = moved.GetRowCursor(moved.Schema);

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => mapper.GetRow(row, mapper.OutputSchema));

        Assert.Contains("Its columns are Aaa, ImagePath; the mapper's are ImagePath, Label", error.Message);
    }

    [Fact]
    public void Onnx_file_appears_complete_and_alone()
    {
        string path = _folder["out/student.onnx"];
        File.WriteAllText(path, "an older one");

        _transformer.SaveAsOnnx(path);

        Assert.Equal(ExportedStudent.Create(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_folder["out/."]).Select(Path.GetFullPath));
    }

    [Fact]
    public void Onnx_stream_stays_open()
    {
        using var stream = new MemoryStream();

        _transformer.SaveAsOnnx(stream);

        Assert.Equal(ExportedStudent.Create(), stream.ToArray());
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public void Disposed_transformer_says_so()
    {
        var scored = _transformer.Transform(_data);
        _transformer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => scored.GetColumn<uint>("PredictedLabel").ToList());
    }

    private List<Prediction> Predict(SentimentTransformer model, IDataView data) =>
        [.. _ml.Data.CreateEnumerable<Prediction>(model.Transform(data), reuseRowObject: false)];

    private static SchemaShape ShapeOf(DataViewSchema schema) => SchemaShapes.Create(schema);

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class MovedRow
    {
        public string Aaa { get; set; } = "";

        public string ImagePath { get; set; } = "";
    }

    private sealed class EncodedRow
    {
        public byte[] Image { get; set; } = [];
    }

    private class ManyColumns
    {
        public string ImagePath { get; set; } = "";

        public double Number { get; set; }

        [VectorType(3)]
        public string[] Words { get; set; } = [];

        public float[] Values { get; set; } = [];

        [KeyType(5)]
        public uint Key { get; set; }
    }

    private sealed class ManyColumnsScored : ManyColumns
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
