using System.Runtime.CompilerServices;
using Microsoft.ML;
using static Microsoft.ML.DataOperationsCatalog;

namespace VisualSentiment.Data;

/// <summary>Gives the parts of a partition as ML.NET's pairs of training and test set.</summary>
internal static class StratifiedParts
{
    public static TrainTestData Split(IDataView data, double testFraction, string labelColumn, int seed) =>
        TestOn(data, StratifiedRows.Read(data, labelColumn, seed).Split(testFraction), part: 1);

    public static IReadOnlyList<TrainTestData> Folds(IDataView data, int folds, string labelColumn, int seed)
    {
        var partition = StratifiedRows.Read(data, labelColumn, seed).Fold(folds);
        return [.. Enumerable.Range(0, folds).Select(part => TestOn(data, partition, part))];
    }

    private static TrainTestData TestOn(IDataView data, RowPartition partition, int part) => Create(
        new RowSubset(data, partition, part, complement: true), new RowSubset(data, partition, part, complement: false));

    // ML.NET's own type, whose constructor is internal, so that code written for its splits takes these.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TrainTestData Create(IDataView trainSet, IDataView testSet);
}
