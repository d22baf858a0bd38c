using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.DataOperationsCatalog;

namespace VisualSentiment.Tests.Data;

public class StratifiedSplitTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.9)]
    [InlineData(0.001)]
    public void Every_class_is_in_both_parts_in_its_proportion(double testFraction)
    {
        var split = _ml.Data.StratifiedSplit(Load(Rows(("awe", 2), ("fear", 37), ("joy", 120))), testFraction);

        var test = Paths(split.TestSet).CountBy(ClassOf).ToDictionary();
        var train = Paths(split.TrainSet).CountBy(ClassOf).ToDictionary();
        foreach (var (name, count) in (List<(string, int)>)[("awe", 2), ("fear", 37), ("joy", 120)])
        {
            Assert.InRange(test[name], 1, count - 1);
            Assert.InRange(test[name] - count * testFraction, -1, 1);
            Assert.Equal(count, test[name] + train[name]);
        }
    }

    [Fact]
    public void Each_row_is_in_exactly_one_part()
    {
        var rows = Rows(("awe", 30), ("fear", 50));

        var split = _ml.Data.StratifiedSplit(Load(rows), testFraction: 0.3);

        Assert.Equal(rows.Select(row => row.ImagePath).Order(), Paths(split.TrainSet).Concat(Paths(split.TestSet)).Order());
    }

    [Fact]
    public void Another_order_of_rows_gives_the_same_parts()
    {
        var rows = Rows(("awe", 30), ("fear", 50));
        var shuffled = rows.ToArray();
        new Random(5).Shuffle(shuffled);

        AssertSame(_ml.Data.StratifiedSplit(Load(rows)), _ml.Data.StratifiedSplit(Load(shuffled)), path => path);
    }

    [Fact]
    public void A_folder_that_was_moved_splits_the_same()
    {
        var here = Rows(("awe", 30), ("fear", 50));
        var there = here.Select(row => new Row { ImagePath = @"D:\data" + row.ImagePath.Replace('/', '\\'), Label = row.Label });

        AssertSame(_ml.Data.StratifiedSplit(Load(here)), _ml.Data.StratifiedSplit(Load(there)), path => path[^12..].Replace('\\', '/'));
    }

    [Fact]
    public void The_same_seed_gives_the_same_split_however_often_and_where_it_is_asked()
    {
        var data = Load(Rows(("awe", 30), ("fear", 50)));
        var first = _ml.Data.StratifiedSplit(data);

        AssertSame(first, _ml.Data.StratifiedSplit(data), path => path);
        AssertSame(first, new MLContext(seed: 1).Data.StratifiedSplit(data), path => path);
        AssertSame(first, new MLContext().Data.StratifiedSplit(data, seed: 1), path => path);
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        var data = Load(Rows(("awe", 30), ("fear", 50)));
        var first = Paths(_ml.Data.StratifiedSplit(data).TestSet);

        Assert.NotEqual(first, Paths(_ml.Data.StratifiedSplit(data, seed: 2).TestSet));
        Assert.NotEqual(first, Paths(new MLContext(seed: 2).Data.StratifiedSplit(data).TestSet));
    }

    [Fact]
    public void Without_any_seed_the_split_stays_the_same()
    {
        var data = Load(Rows(("awe", 30), ("fear", 50)));

        AssertSame(new MLContext().Data.StratifiedSplit(data), new MLContext().Data.StratifiedSplit(data, seed: 0), path => path);
    }

    [Fact]
    public void A_key_label_splits_as_its_text_does()
    {
        var data = Load(Rows(("awe", 30), ("fear", 50)));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);

        AssertSame(_ml.Data.StratifiedSplit(data), _ml.Data.StratifiedSplit(keyed), path => path);
    }

    [Fact]
    public void Encoded_images_are_told_apart_by_their_bytes()
    {
        var rows = Enumerable.Range(0, 40).Select(i => new BytesRow { Image = [(byte)i, 2, 3], Label = i % 2 == 0 ? "awe" : "joy" }).ToList();
        var here = _ml.Data.StratifiedSplit(_ml.Data.LoadFromEnumerable(rows));
        var reversed = _ml.Data.StratifiedSplit(_ml.Data.LoadFromEnumerable(Enumerable.Reverse(rows)));

        Assert.Equal(First(here.TestSet), First(reversed.TestSet));
        Assert.NotEqual([0, 1, 2, 3], First(here.TestSet));

        static IEnumerable<byte> First(IDataView data) => data.GetColumn<byte[]>("Image").Select(image => image[0]).Order();
    }

    [Fact]
    public void Rows_that_hold_the_same_are_shared_out()
    {
        var data = Load([.. Enumerable.Repeat(new Row { ImagePath = "a", Label = "awe" }, 10),
            .. Enumerable.Repeat(new Row { ImagePath = "b", Label = "joy" }, 10)]);

        var split = _ml.Data.StratifiedSplit(data, testFraction: 0.5);

        Assert.Equal(10, Paths(split.TestSet).Count);
        Assert.Equal(10, Paths(split.TrainSet).Count);
    }

    [Fact]
    public void A_part_can_be_split_again()
    {
        var outer = _ml.Data.StratifiedSplit(Load(Rows(("awe", 30), ("fear", 50))), testFraction: 0.2);
        var inner = _ml.Data.StratifiedSplit(outer.TrainSet, testFraction: 0.25);

        Assert.Equal(64, Paths(inner.TrainSet).Count + Paths(inner.TestSet).Count);
        Assert.Empty(Paths(outer.TestSet).Intersect(Paths(inner.TrainSet).Concat(Paths(inner.TestSet))));
    }

    [Fact]
    public void Classes_of_one_row_are_rejected_by_name()
    {
        var e = Assert.Throws<ArgumentException>(
            () => _ml.Data.StratifiedSplit(Load(Rows(("awe", 1), ("fear", 1), ("joy", 9)))));

        Assert.Equal("Both parts of a split need a row of every class, but 'awe' has 1, 'fear' has 1; add rows or remove these classes",
            e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void The_fraction_lies_between_0_and_1(double testFraction) => Assert.Throws<ArgumentOutOfRangeException>(
        () => _ml.Data.StratifiedSplit(Load(Rows(("awe", 3), ("joy", 3))), testFraction));

    [Fact]
    public void A_missing_label_column_is_reported_with_those_there_are()
    {
        var e = Assert.Throws<ArgumentException>(
            () => _ml.Data.StratifiedSplit(Load(Rows(("awe", 3), ("joy", 3))), labelColumnName: "Emotion"));

        Assert.StartsWith("There is no label column 'Emotion'; the columns are ImagePath, Label", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_a_label_are_counted()
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Data.StratifiedSplit(Load(Rows(("awe", 3), ("joy", 3), ("", 2)))));

        Assert.StartsWith("2 of 8 rows have no value in the label column 'Label'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_rows_is_rejected() =>
        Assert.Throws<ArgumentException>(() => _ml.Data.StratifiedSplit(Load([])));

    [Fact]
    public void Only_paths_and_labels_are_read()
    {
        var data = Load(Rows(("awe", 4), ("joy", 4)));
        var withImages = _ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(data).Transform(data);

        var split = _ml.Data.StratifiedSplit(withImages, testFraction: 0.5);

        // None of the files exists, so that reading the image column would fail.
        Assert.Equal(4, Paths(split.TestSet).Count);
    }

    internal static List<Row> Rows(params (string Label, int Count)[] classes) =>
        [.. classes.SelectMany(c => Enumerable.Range(100, c.Count).Select(
            i => new Row { ImagePath = $"/images/{c.Label}/{c.Label[..Math.Min(3, c.Label.Length)]}{i}.jpg", Label = c.Label }))];

    internal static List<string> Paths(IDataView data) => [.. data.GetColumn<string>("ImagePath")];

    private static string ClassOf(string path) => path.Split('/')[^2];

    private static void AssertSame(TrainTestData expected, TrainTestData actual, Func<string, string> name)
    {
        Assert.Equal(Paths(expected.TestSet).Select(name).Order(), Paths(actual.TestSet).Select(name).Order());
        Assert.Equal(Paths(expected.TrainSet).Select(name).Order(), Paths(actual.TrainSet).Select(name).Order());
    }

    private IDataView Load(IEnumerable<Row> rows) => _ml.Data.LoadFromEnumerable(rows);

    internal sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class BytesRow
    {
        public byte[] Image { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
