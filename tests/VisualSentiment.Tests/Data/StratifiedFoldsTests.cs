using Microsoft.ML;
using static VisualSentiment.Tests.Data.StratifiedSplitTests;

namespace VisualSentiment.Tests.Data;

public class StratifiedFoldsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Each_row_is_tested_once_and_trained_on_otherwise()
    {
        var rows = Rows(("awe", 11), ("fear", 29), ("joy", 60));

        var folds = _ml.Data.StratifiedFolds(_ml.Data.LoadFromEnumerable(rows), folds: 4);

        Assert.Equal(4, folds.Count);
        Assert.Equal(rows.Select(row => row.ImagePath).Order(), folds.SelectMany(fold => Paths(fold.TestSet)).Order());
        Assert.All(folds, fold => Assert.Equal(
            rows.Select(row => row.ImagePath).Order(), Paths(fold.TrainSet).Concat(Paths(fold.TestSet)).Order()));
    }

    [Fact]
    public void Folds_and_the_classes_in_them_differ_by_one_row_at_most()
    {
        var folds = _ml.Data.StratifiedFolds(_ml.Data.LoadFromEnumerable(Rows(("awe", 11), ("fear", 29), ("joy", 63))));

        Assert.All(folds, fold =>
        {
            var counts = Paths(fold.TestSet).CountBy(path => path.Split('/')[^2]).ToDictionary();
            Assert.InRange(counts["awe"], 2, 3);
            Assert.InRange(counts["fear"], 5, 6);
            Assert.InRange(counts["joy"], 12, 13);
            Assert.InRange(counts.Values.Sum(), 20, 21);
        });
    }

    [Fact]
    public void Another_order_of_rows_gives_the_same_folds()
    {
        var rows = Rows(("awe", 11), ("fear", 29));
        var folds = _ml.Data.StratifiedFolds(_ml.Data.LoadFromEnumerable(rows));
        var reversed = _ml.Data.StratifiedFolds(_ml.Data.LoadFromEnumerable(Enumerable.Reverse(rows).ToList()));

        Assert.Equal(folds.Select(fold => Paths(fold.TestSet).Order()), reversed.Select(fold => Paths(fold.TestSet).Order()));
    }

    [Fact]
    public void More_folds_than_rows_of_a_class_are_rejected_by_name()
    {
        var e = Assert.Throws<ArgumentException>(
            () => _ml.Data.StratifiedFolds(_ml.Data.LoadFromEnumerable(Rows(("awe", 3), ("fear", 4), ("joy", 9)))));

        Assert.Equal("Each of 5 folds needs a row of every class, but 'awe' has 3, 'fear' has 4; add rows or use at most 3 folds",
            e.Message);
    }

    [Fact]
    public void One_fold_is_rejected() => Assert.Throws<ArgumentOutOfRangeException>(
        () => _ml.Data.StratifiedFolds(_ml.Data.LoadFromEnumerable(Rows(("awe", 3), ("joy", 3))), folds: 1));
}
