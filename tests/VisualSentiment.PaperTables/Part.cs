using Microsoft.ML;

namespace PaperTables;

/// <summary>Training and test images, labels as keys.</summary>
/// <param name="Name">The folder of its rows.</param>
/// <param name="Title">What the display calls it.</param>
/// <param name="Train">What is trained on.</param>
/// <param name="Test">What is tested on.</param>
internal sealed record Part(string Name, string Title, IDataView Train, IDataView Test)
{
    public int TrainingImages => Count(Train);

    public int TestImages => Count(Test);

    private static int Count(IDataView data)
    {
        using var cursor = data.GetRowCursor([]);
        int rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }
}
