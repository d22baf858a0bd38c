using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Training;

public sealed class CheckpointTests
{
    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_damaged()
    {
        using var file = new Shrinking([.. "VSCKPT02"u8, .. new byte[100]], left: 50);

        Assert.False(Checkpoint.IsValid(file));
    }

    [Fact]
    public void Settings_are_read_only_where_there_is_a_folder()
    {
        using var log = CatalogEnvironment.Of(new MLContext().Data).Start("test");
        var run = new TrainingRun(log, null, Seed: 1, CancellationToken.None);
        int read = 0;
        IEnumerable<(string, string)> Settings()
        {
            read++;
            return [];
        }

        Assert.Null(run.CheckpointAt("teacher", Settings));
        Assert.Equal(0, read);
        Assert.NotNull((run with { CheckpointFolder = "folder" }).CheckpointAt("teacher", Settings));
        Assert.Equal(1, read);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_rejected_before_anything_is_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        string below = Path.Combine(folder["file"], "checkpoints");

        var failure = Assert.Throws<ArgumentException>(() => new MLContext().Transforms.DistillSentiment(
            DistillationRecipes.Paper with { Loss = DistillationLosses.HardLabels, CheckpointFolder = below, Epochs = 0 }).Fit(new MLContext().Data.LoadFromEnumerable<Row>([])));

        Assert.Contains($"CheckpointFolder is '{below}', which cannot be written", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Epochs is 0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validating_a_folder_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        string missing = Path.Combine(folder.Path, "new", "checkpoints");

        Assert.Empty((DistillationRecipes.Paper with { Loss = DistillationLosses.HardLabels, CheckpointFolder = missing }).FindErrors());
        Assert.Empty((DistillationRecipes.Paper with { Loss = DistillationLosses.HardLabels, CheckpointFolder = folder.Path }).FindErrors());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";
    }

    /// <summary>Ends earlier than its length says.</summary>
    private sealed class Shrinking(byte[] content, int left) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, (int)Math.Max(0, Math.Min(count, left - Position)));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..(int)Math.Max(0, Math.Min(buffer.Length, left - Position))]);
    }
}
