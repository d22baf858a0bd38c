using Microsoft.ML;
using static VisualSentiment.Tests.Data.StratifiedSplitTests;

namespace VisualSentiment.Tests.Data;

public class RowSubsetTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_shuffled_cursor_gives_the_same_rows_in_another_order()
    {
        var part = Part(_ml.Data.Cache(Data()));

        var shuffled = ReadPaths(part.GetRowCursor(part.Schema, new Random(3)));

        Assert.True(part.CanShuffle);
        Assert.NotEqual(Paths(part), shuffled);
        Assert.Equal(Paths(part).Order(), shuffled.Order());
    }

    [Fact]
    public void Parallel_cursors_give_each_row_once()
    {
        var part = Part(_ml.Data.Cache(Data()));

        var rows = part.GetRowCursorSet(part.Schema, 3).SelectMany(ReadPaths);

        Assert.Equal(Paths(part).Order(), rows.Order());
    }

    [Fact]
    public void The_number_of_rows_is_known()
    {
        var split = _ml.Data.StratifiedSplit(Data(), testFraction: 0.25);

        Assert.Equal(Paths(split.TestSet).Count, split.TestSet.GetRowCount());
        Assert.Equal(Paths(split.TrainSet).Count, split.TrainSet.GetRowCount());
    }

    [Fact]
    public void Columns_that_are_not_asked_for_stay_inactive()
    {
        var part = Part(Data());

        using var cursor = part.GetRowCursor([part.Schema["Label"]]);

        Assert.True(cursor.IsColumnActive(part.Schema["Label"]));
        Assert.False(cursor.IsColumnActive(part.Schema["ImagePath"]));
    }

    [Fact]
    public void Positions_count_the_rows_of_the_part()
    {
        var part = Part(Data());
        using var cursor = part.GetRowCursor(part.Schema);
        Assert.Equal(-1, cursor.Position);

        for (int i = 0; cursor.MoveNext(); i++)
            Assert.Equal(i, cursor.Position);

        Assert.Equal(-1, cursor.Position);
    }

    [Fact]
    public void Data_that_has_grown_since_is_rejected()
    {
        var rows = Rows(("awe", 30), ("joy", 30));
        var part = Part(_ml.Data.LoadFromEnumerable((IEnumerable<Row>)rows));
        rows.Add(new Row { ImagePath = "new", Label = "joy" });

        var e = Assert.Throws<InvalidOperationException>(() => Paths(part));

        Assert.Contains("split the data again", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MLNet_transforms_and_evaluation_work_on_parts()
    {
        var split = _ml.Data.StratifiedSplit(Data(), testFraction: 0.25);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.Text.FeaturizeText("Features", "ImagePath"))
            .Append(_ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 20));

        var metrics = _ml.MulticlassClassification.Evaluate(pipeline.Fit(split.TrainSet).Transform(split.TestSet));

        Assert.Equal(1, metrics.MicroAccuracy, precision: 3);
    }

    [Fact]
    public void MLNet_cross_validates_a_part()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.Text.FeaturizeText("Features", "ImagePath"))
            .Append(_ml.MulticlassClassification.Trainers.NaiveBayes());

        var results = _ml.MulticlassClassification.CrossValidate(Part(Data()), pipeline, numberOfFolds: 2);

        Assert.Equal(2, results.Count);
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Rows(("awe", 30), ("joy", 30)));

    private IDataView Part(IDataView data) => _ml.Data.StratifiedSplit(data, testFraction: 0.5).TestSet;

    private static List<string> ReadPaths(DataViewRowCursor cursor)
    {
        using (cursor)
        {
            var paths = new List<string>();
            var getter = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["ImagePath"]);
            ReadOnlyMemory<char> path = default;
            while (cursor.MoveNext())
            {
                getter(ref path);
                paths.Add(path.ToString());
            }
            return paths;
        }
    }
}
