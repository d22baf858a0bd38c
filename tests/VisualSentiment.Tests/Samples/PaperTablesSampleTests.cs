using System.Text.Json;
using System.Xml.Linq;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs tests/VisualSentiment.PaperTables on a few painted images.</summary>
public sealed class PaperTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_tables_of_the_paper_are_written_and_finished_rows_are_kept()
    {
        string[] quick = ["--images", "4", "--epochs", "1", "--teacher-epochs", "1", "--networks", "light", "--output", _folder.Path];
        var (exitCode, output, error) = SampleProgram.Run(SampleProgram.PaperTables, [.. quick, "--temperatures", "4"]);
        Assert.True(exitCode == 0, error);
        Assert.Contains("Split: distilled, T = 4", output, StringComparison.Ordinal);

        using (JsonDocument tables = Read())
        {
            foreach (string table in (string[])["table1", "table2"])
                Assert.All(tables.RootElement.GetProperty(table).EnumerateArray(),
                    stage => Assert.Equal(stage.GetProperty("paper").GetString(), stage.GetProperty("here").GetString()));
            JsonElement student = tables.RootElement.GetProperty("costs").GetProperty("student");
            Assert.Equal(145_800, student.GetProperty("withStatistics").GetInt64());
            Assert.Equal(292_334_336, student.GetProperty("multiplyAdds").GetInt64());
            Assert.Equal(["student-T4", "student-hard-labels", "teacher", "resnet50", "vgg16", "alexnet"], Rows(tables).Select(row => row.GetProperty("key").GetString()));
            Assert.All(Rows(tables).Take(3), row => Assert.Equal(8, row.GetProperty("tests").GetInt32()));
            Assert.All(Rows(tables).Skip(3), row => Assert.Equal("not selected", row.GetProperty("leftOut").GetString()));
            Assert.Single(tables.RootElement.GetProperty("gains").EnumerateArray());
        }
        string page = File.ReadAllText(_folder["tables.md"]);
        Assert.Contains("| conv2_x | 3x3 max pool, stride 2; 3 x [1x1, 64; 3x3, 64; 1x1, 256] | 56 x 56 | 56 x 56 |", page, StringComparison.Ordinal);
        Assert.Contains("| distilled, T = 4 | 0.146 M | 145,800 | 145,800 | 37.4% |", page, StringComparison.Ordinal);
        foreach (string plot in (string[])["temperature-sweep.svg", "accuracy-parameters.svg"])
        {
            XDocument svg = XDocument.Load(_folder[plot]);
            Assert.Equal("svg", svg.Root!.Name.LocalName);
            // OxyPlot draws exceptions into the plot.
            Assert.DoesNotContain("exception", svg.Root.Value, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("the paper: ArtPhoto", svg.Root.Value, StringComparison.Ordinal);
        }

        // A second run adds a row and leaves the others as they are.
        DateTime before = File.GetLastWriteTimeUtc(_folder["rows/split/student-T4.json"]);
        (exitCode, output, error) = SampleProgram.Run(SampleProgram.PaperTables, [.. quick, "--temperatures", "3,4"]);
        Assert.True(exitCode == 0, error);
        Assert.DoesNotContain("Split: distilled, T = 4", output, StringComparison.Ordinal);
        Assert.Equal(before, File.GetLastWriteTimeUtc(_folder["rows/split/student-T4.json"]));
        using (JsonDocument tables = Read())
            Assert.Equal(2, Rows(tables).Count(row => row.TryGetProperty("temperature", out _)));

        (exitCode, _, error) = SampleProgram.Run(SampleProgram.PaperTables, [.. quick, "--seed", "2"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("--seed was 1 and is 2", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_command_line_is_rejected()
    {
        var (exitCode, _, error) = SampleProgram.Run(SampleProgram.PaperTables, "--teacher", "yoda", "--temperatures", "4,zero", "--budget", "0");
        Assert.Equal(2, exitCode);
        foreach (string message in (string[])["'yoda' is not a teacher", "--temperatures is 4,zero", "--budget is 0"])
            Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private JsonDocument Read() => JsonDocument.Parse(File.ReadAllText(_folder["tables.json"]));

    private static JsonElement[] Rows(JsonDocument tables) => [.. tables.RootElement.GetProperty("split").GetProperty("rows").EnumerateArray()];
}
