namespace VisualSentiment.Tests.Tool;

public sealed class HelpTests : IDisposable
{
    private readonly ToolFolder _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("tag")]
    [InlineData("explain")]
    [InlineData("info")]
    [InlineData("export")]
    [InlineData("watch")]
    public void Help_fits_one_screen(params string[] command)
    {
        string help = _tool.RunToEnd([.. command, "--help"]);

        Assert.Contains($"visualsentiment {command.FirstOrDefault("[command]")}", help, StringComparison.Ordinal);
        Assert.InRange(help.Split('\n').Length, 5, 40);
    }

    [Fact]
    public void Without_arguments_the_commands_are_listed()
    {
        Assert.Contains("predict", _tool.RunToEnd(), StringComparison.Ordinal);
        _tool.Fails(2, "paint", "paint");
    }
}
