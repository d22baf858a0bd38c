using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction.Persistence;

public sealed class SavedModelTests : IDisposable
{
    private const int Rows = 6;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<IDisposable> _loaded = [];

    public SavedModelTests()
    {
        for (int i = 0; i < Rows; i++)
            TestImage.Write(_folder[$"{i}.png"], i);
    }

    public void Dispose()
    {
        _loaded.ForEach(model => model.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ImageFit.Fill)]
    [InlineData(ImageFit.CenterCrop)]
    public void Saved_model_on_paths_loads_with_the_same_results(ImageFit fit) => AssertSurvivesSaving(Paths(), fit);

    [Theory]
    [InlineData(ImageFit.Fill)]
    [InlineData(ImageFit.CenterCrop)]
    public void Saved_model_on_encoded_images_loads_with_the_same_results(ImageFit fit) => AssertSurvivesSaving(Encoded(), fit);

    [Theory]
    [InlineData(ImageFit.Fill)]
    [InlineData(ImageFit.CenterCrop)]
    public void Saved_model_on_images_loads_with_the_same_results(ImageFit fit) => AssertSurvivesSaving(Images(), fit);

    [Theory]
    [InlineData(ImageFit.Fill)]
    [InlineData(ImageFit.CenterCrop)]
    public void Saved_model_on_images_of_one_size_loads_with_the_same_results(ImageFit fit) =>
        AssertSurvivesSaving(_ml.Transforms.ResizeImages("Image", 40, 30).Fit(Images()).Transform(Images()), fit);

    [Fact]
    public void The_image_fit_affects_the_scores() => Assert.NotEqual(
        Scores(Transformer(Paths(), ImageFit.Fill).Transform(Paths())), Scores(Transformer(Paths(), ImageFit.CenterCrop).Transform(Paths())));

    [Fact]
    public void Model_survives_within_a_longer_chain()
    {
        var data = Paths();
        using var transformer = Transformer(data);
        var model = _ml.Transforms.CopyColumns("Copy", "Image")
            .Append(new ReadyMadeEstimator(transformer))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Emotion", "PredictedLabel"))
            .Fit(data);

        var loaded = SaveAndLoad(model, data.Schema);

        Assert.Equal(Scores(model.Transform(data)), Scores(loaded.Transform(data)));
        Assert.Equal(model.Transform(data).GetColumn<string>("Emotion"), loaded.Transform(data).GetColumn<string>("Emotion"));
        Assert.Equal(model.GetOutputSchema(data.Schema).Select(c => c.Name), loaded.GetOutputSchema(data.Schema).Select(c => c.Name));
    }

    [Fact]
    public void Scores_that_the_data_has_already_are_replaced()
    {
        var data = Paths();
        using var transformer = Transformer(data);
        var loaded = SaveAndLoad(transformer, data.Schema);

        var again = loaded.Transform(transformer.Transform(data));

        Assert.Equal(["Image", "PredictedLabel", "Score"], again.Schema.Where(c => !c.IsHidden).Select(c => c.Name));
        Assert.Equal(Scores(transformer.Transform(data)), Scores(again));
    }

    [Fact]
    public void Names_of_the_added_columns_are_chosen_and_the_datas_own_stay()
    {
        var data = _ml.Transforms.CopyColumns("Score", "Image").Append(_ml.Transforms.CopyColumns("PredictedLabel", "Image")).Fit(Paths()).Transform(Paths());
        using var plain = Transformer(data);
        _ml.Model.Save(plain, data.Schema, _folder["model.zip"]);
        using var transformer = SentimentTransformer.Load(_folder["model.zip"], data.Schema, "Image", scoreColumnName: "Shares", predictedLabelColumnName: "Mood");

        foreach (IDataView scored in new[] { transformer.Transform(data), SaveAndLoad(transformer, data.Schema).Transform(data) })
        {
            Assert.Equal(["Image", "Score", "PredictedLabel", "Mood", "Shares"], scored.Schema.Where(c => !c.IsHidden).Select(c => c.Name));
            Assert.Equal(data.GetColumn<string>("Image"), scored.GetColumn<string>("Score"));
            Assert.Equal(Scores(plain.Transform(data)), scored.GetColumn<float[]>("Shares"));
            Assert.Equal(plain.Transform(data).GetColumn<uint>("PredictedLabel"), scored.GetColumn<uint>("Mood"));
        }
        using var engine = _ml.Model.CreatePredictionEngine<NamedRow, NamedPrediction>(transformer);
        Assert.Equal(Scores(plain.Transform(data))[2], engine.Predict(new NamedRow { Image = _folder["2.png"] }).Shares);
        using var stream = new MemoryStream();
        _ml.Model.ConvertToOnnx(transformer, data, stream, "Shares");
        Assert.Equal(ExportedStudent.Create(), stream.ToArray());
        Assert.Throws<NotSupportedException>(() => _ml.Model.ConvertToOnnx(transformer, data, stream, "Score"));
    }

    [Fact]
    public void Names_of_the_added_columns_must_differ() => Assert.Contains("'Mood'", Assert.Throws<ArgumentException>(() =>
        SentimentTransformer.Load(_folder["model.zip"], Paths().Schema, "Image", "Mood", "Mood")).Message, StringComparison.Ordinal);

    [Fact]
    public void Student_of_a_saved_model_is_exported_to_the_same_bytes()
    {
        var data = Paths();
        using var transformer = Transformer(data);
        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        using var loaded = SentimentTransformer.Load(_folder["model.zip"], data.Schema, "Image");

        loaded.SaveAsOnnx(_folder["again.onnx"]);

        Assert.Equal(ExportedStudent.Create(), File.ReadAllBytes(_folder["again.onnx"]));
    }

    [Fact]
    public void Prediction_engine_without_the_saved_schema_needs_no_label()
    {
        var images = _ml.Data.LoadFromEnumerable([new LabeledRow { Image = _folder["2.png"], Label = "awe" }]);
        using var transformer = Transformer(images);
        _ml.Model.Save(transformer, images.Schema, _folder["model.zip"]);
        var loaded = _ml.Model.Load(_folder["model.zip"], out var schema);

        using var engine = _ml.Model.CreatePredictionEngine<PathRow, Prediction>(loaded);

        Assert.Equal(Scores(transformer.Transform(images))[0], engine.Predict(new PathRow { Image = _folder["2.png"] }).Score);
        Assert.Contains("Label", Assert.ThrowsAny<Exception>(() => _ml.Model.CreatePredictionEngine<PathRow, Prediction>(loaded, schema)).Message);
    }

    [Fact]
    public void Loaded_model_refuses_data_with_the_exceptions_of_the_one_that_was_saved()
    {
        using var transformer = Transformer(Paths());
        var loaded = SaveAndLoad(transformer, Paths().Schema);
        IDataView without = _ml.Data.LoadFromEnumerable([new Prediction()]), encoded = Encoded();
        IDataView numbers = _ml.Data.LoadFromEnumerable([new NumberRow()]);

        foreach (ITransformer model in new[] { transformer, loaded })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => model.GetOutputSchema(without.Schema));
            Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(without));
            foreach (IDataView other in new[] { encoded, numbers })
            {
                Assert.Throws<InvalidOperationException>(() => model.GetOutputSchema(other.Schema));
                Assert.Throws<InvalidOperationException>(() => model.Transform(other));
            }
            var mapper = model.GetRowToRowMapper(Paths().Schema);
            using var row = Paths().GetRowCursor(Paths().Schema);
            Assert.Throws<ArgumentOutOfRangeException>(() => mapper.GetRow(row, mapper.OutputSchema));
        }
    }

    [Fact]
    public void Saved_model_can_be_saved_again()
    {
        var data = Paths();
        using var transformer = Transformer(data);

        var again = SaveAndLoad(SaveAndLoad(transformer, data.Schema), data.Schema);

        Assert.Equal(Scores(transformer.Transform(data)), Scores(again.Transform(data)));
    }

    [Fact]
    public void Columns_with_the_names_of_the_models_inputs_and_outputs_are_kept()
    {
        var data = _ml.Transforms.CopyColumns("pixels", "Image").Append(_ml.Transforms.CopyColumns("logits", "Image")).Fit(Paths()).Transform(Paths());
        using var transformer = Transformer(data);

        var scored = SaveAndLoad(transformer, data.Schema).Transform(data);

        Assert.Equal(["Image", "pixels", "logits", "PredictedLabel", "Score"], scored.Schema.Where(c => !c.IsHidden).Select(c => c.Name));
        Assert.Equal(data.GetColumn<string>("Image"), scored.GetColumn<string>("pixels"));
    }

    [Fact]
    public void Loaded_model_works_in_evaluate_and_in_a_prediction_engine()
    {
        var data = Paths();
        using var transformer = Transformer(data);
        var loaded = SaveAndLoad(transformer, data.Schema);

        var labeled = _ml.Transforms.CopyColumns("Label", "PredictedLabel").Fit(loaded.Transform(data)).Transform(loaded.Transform(data));
        var metrics = _ml.MulticlassClassification.Evaluate(labeled);
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, Prediction>(loaded);

        Assert.Equal(1, metrics.MicroAccuracy);
        Assert.Equal(Scores(transformer.Transform(data))[2], engine.Predict(new PathRow { Image = _folder["2.png"] }).Score);
    }

    [Fact]
    public void Loaded_model_takes_images_from_rows_that_name_their_size()
    {
        using var transformer = Transformer(Images());
        var loaded = SaveAndLoad(transformer, Images().Schema);
        using var image = MLImage.CreateFromFile(_folder["3.png"]);
        using var engine = _ml.Model.CreatePredictionEngine<SizedImageRow, Prediction>(loaded);

        Assert.Equal(Scores(transformer.Transform(Images()))[3], engine.Predict(new SizedImageRow { Image = image }).Score);
    }

    [Fact]
    public void Unreadable_image_is_named_by_a_loaded_model()
    {
        using var transformer = Transformer(Paths());
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, Prediction>(SaveAndLoad(transformer, Paths().Schema));

        var error = Assert.ThrowsAny<Exception>(() => engine.Predict(new PathRow { Image = "nowhere.png" }));

        Assert.Contains("nowhere.png", error.ToString());
    }

    private void AssertSurvivesSaving(IDataView data, ImageFit fit)
    {
        using var transformer = Transformer(data, fit);
        var expected = transformer.Transform(data);

        var actual = SaveAndLoad(transformer, data.Schema).Transform(data);

        Assert.Equal(Scores(expected), Scores(actual));
        Assert.Equal(expected.GetColumn<uint>("PredictedLabel"), actual.GetColumn<uint>("PredictedLabel"));
        var visible = _ml.Transforms.SelectColumns([.. expected.Schema.Where(c => !c.IsHidden).Select(c => c.Name)]).Fit(expected);
        SchemaChecks.CheckSameSchemas(visible.Transform(expected).Schema, visible.Transform(actual).Schema,
            "ScoreColumnSetId", "ScoreColumnKind", "ScoreValueKind", "TrainingLabelValues");
    }

    private static SentimentTransformer Transformer(IDataView data, ImageFit fit = ImageFit.Fill) =>
        new(ExportedStudent.Create(fit), "Image", data.Schema["Image"].Type);

    private ITransformer SaveAndLoad(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        stream.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        // A loaded chain keeps its ONNX file in the temporary folder.
        _loaded.Add((IDisposable)loaded);
        return loaded;
    }

    private IDataView Paths() => _ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, Rows).Select(i => new PathRow { Image = _folder[$"{i}.png"] }).ToArray());

    private IDataView Encoded() => _ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, Rows).Select(i => new EncodedRow { Image = File.ReadAllBytes(_folder[$"{i}.png"]) }).ToArray());

    private IDataView Images() => _ml.Transforms.LoadImages("Image", imageFolder: "", "Image").Fit(Paths()).Transform(Paths());

    private static float[][] Scores(IDataView data) => [.. data.GetColumn<float[]>("Score")];

    private sealed class PathRow
    {
        public string Image { get; set; } = "";
    }

    private sealed class NamedRow
    {
        public string Image { get; set; } = "";

        public string Score { get; set; } = "";

        public string PredictedLabel { get; set; } = "";
    }

    private sealed class NamedPrediction
    {
        public float[] Shares { get; set; } = [];
    }

    private sealed class LabeledRow
    {
        public string Image { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class NumberRow
    {
        public float Image { get; set; }
    }

    private sealed class EncodedRow
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class SizedImageRow
    {
        [ImageType(32, 48)]
        public MLImage? Image { get; set; }
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
