using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Packaging;

public class PublicTypesTests
{
    private const string List = "tests/VisualSentiment.Tests/Packaging/PublicTypes.txt";

    /// <summary>A type that users see is a promise: who adds or removes one writes it into the list.</summary>
    [Fact]
    public void Public_types_are_those_in_the_list()
    {
        string[] decided = File.ReadAllLines(Path.Combine(SharedFolder.RepositoryRoot(), List));
        string[] actual = [.. typeof(SentimentDetector).Assembly.GetExportedTypes().Select(type => type.FullName!).Order(StringComparer.Ordinal)];

        Assert.True(decided.SequenceEqual(actual),
            $"{List} lacks [{string.Join(", ", actual.Except(decided))}] and lists [{string.Join(", ", decided.Except(actual))}], which are not public; its order is ordinal.");
    }
}
