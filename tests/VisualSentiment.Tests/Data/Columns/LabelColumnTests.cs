using Microsoft.ML;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Tests.Data.Columns;

public class LabelColumnTests
{
    public static TheoryData<Func<MLContext, IDataView>, string[]> Labels => new()
    {
        { ml => Load<string>(ml, ["awe", "fear"]), ["awe", "fear"] },
        { ml => Load<bool>(ml, [false, true]), ["False", "True"] },
        { ml => Load<sbyte>(ml, [-1, 2]), ["-1", "2"] },
        { ml => Load<byte>(ml, [1, 200]), ["1", "200"] },
        { ml => Load<short>(ml, [-300, 7]), ["-300", "7"] },
        { ml => Load<ushort>(ml, [1, 60000]), ["1", "60000"] },
        { ml => Load<int>(ml, [-1, 5]), ["-1", "5"] },
        { ml => Load<uint>(ml, [1, 5]), ["1", "5"] },
        { ml => Load<long>(ml, [-1, 5]), ["-1", "5"] },
        { ml => Load<ulong>(ml, [1, 5]), ["1", "5"] },
        { ml => Load<float>(ml, [0.5f, 2]), ["0.5", "2"] },
        { ml => Load<double>(ml, [0.25, 2]), ["0.25", "2"] },
    };

    [Theory]
    [MemberData(nameof(Labels), DisableDiscoveryEnumeration = true)]
    public void Text_numbers_and_Booleans_name_classes(Func<MLContext, IDataView> load, string[] expected)
    {
        var ml = new MLContext();
        IDataView data = load(ml);

        DataViewSchema schema = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data).Schema;

        Assert.Null(LabelColumn.FindError(SentimentSchema.ShapeOf(schema), "Label"));
        Assert.Equal(expected, LabelColumn.ReadClasses(schema["Label"]));
    }

    private static IDataView Load<T>(MLContext ml, T[] labels) => ml.Data.LoadFromEnumerable(labels.Select(label => new Row<T> { Label = label }).ToArray());

    private sealed class Row<T>
    {
        public T Label { get; set; } = default!;
    }
}
