using System.Text.Json;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.OrleansTests;

/// <summary>Jobs on silos in this process.</summary>
public class TaggingJobTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_image_has_one_row_in_the_order_of_the_manifest()
    {
        await using var cluster = await TaggingCluster.StartAsync(silos: 2);
        cluster.AddImages(95);

        await cluster.Job().StartAsync(cluster.Options);
        TaggingProgress progress = await cluster.CompleteAsync();

        Assert.Equal(File.ReadAllLines(cluster.Manifest), cluster.Rows().Select(FileOf));
        Assert.Equal((95, 95, 0, 10, 10, 0, 0), (progress.Images, progress.TaggedImages, progress.Errors, progress.Shards,
            progress.CompletedShards, progress.RunningShards, progress.ParkedShards));
        Assert.True(progress.IsListed);
        Assert.Null(progress.Problem);
        Assert.All(cluster.Detector!.Predicted, image => Assert.Equal(1, image.Value));
    }

    [Fact]
    public async Task Rows_are_those_of_the_detector()
    {
        await using var cluster = await TaggingCluster.StartAsync(usesRealModel: true);
        cluster.AddImages(12);
        using var detector = SentimentDetector.Load(cluster.Model);

        await cluster.Job().StartAsync(cluster.Options);
        await cluster.CompleteAsync();

        foreach (string row in cluster.Rows())
        {
            JsonElement json = JsonDocument.Parse(row).RootElement;
            SentimentPrediction expected = detector.Predict(Path.Combine(cluster.Images, FileOf(row)));
            Assert.Equal(expected.Emotion, json.GetProperty("emotion").GetString());
            Assert.Equal(expected.Confidence, json.GetProperty("confidence").GetSingle());
            Assert.Equal(expected.Scores, json.GetProperty("scores").EnumerateObject()
                .ToDictionary(score => score.Name, score => score.Value.GetSingle()));
        }
    }

    [Fact]
    public async Task An_unreadable_image_is_a_row_with_an_error()
    {
        await using var cluster = await TaggingCluster.StartAsync(usesRealModel: true);
        cluster.AddImages(3);
        await File.WriteAllTextAsync(Path.Combine(cluster.Images, "00001.png"), "no image", Token);
        await File.AppendAllLinesAsync(cluster.Manifest, ["missing.png"], Token);

        await cluster.Job().StartAsync(cluster.Options);
        TaggingProgress progress = await cluster.CompleteAsync();

        JsonElement[] rows = [.. cluster.Rows().Select(row => JsonDocument.Parse(row).RootElement)];
        Assert.Equal(["00000.png", "00001.png", "00002.png", "missing.png"], rows.Select(row => row.GetProperty("file").GetString()));
        Assert.Equal("it is not a JPEG, PNG, WebP, GIF or BMP image", rows[1].GetProperty("error").GetString());
        Assert.Contains("missing.png", rows[3].GetProperty("error").GetString()!, StringComparison.Ordinal);
        Assert.False(rows[1].TryGetProperty("emotion", out _));
        Assert.Equal((2, 0), (progress.Errors, progress.ParkedShards));
    }

    [Fact]
    public async Task A_shard_that_keeps_failing_is_parked_and_tagged_after_its_cause_is_removed()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(30);
        bool isBroken = true;
        cluster.Detector!.Before = name => _ = isBroken && name == "00015.png"
            ? throw new InvalidOperationException("The scores are not numbers.") : 0;

        await cluster.Job().StartAsync(cluster.Options with { MaxAttempts = 2 });
        TaggingProgress progress = await cluster.CompleteAsync();
        ParkedShard parked = Assert.Single(await cluster.Job().GetParkedShardsAsync());
        isBroken = false;
        await cluster.Job().RetryParkedShardsAsync();
        TaggingProgress repaired = await cluster.WaitAsync(
            progress => progress is { State: TaggingJobState.Completed, ParkedShards: 0 });

        Assert.Equal((20, 1), (progress.TaggedImages, progress.ParkedShards));
        Assert.Equal(new ParkedShard(1, 10, "00010.png", "The scores are not numbers."), parked);
        Assert.Equal(30, repaired.TaggedImages);
        Assert.Equal(File.ReadAllLines(cluster.Manifest), cluster.Rows().Select(FileOf));
    }

    [Fact]
    public async Task A_folder_that_is_not_mounted_parks_its_shards()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(12);
        Directory.Delete(cluster.Images, recursive: true);

        await cluster.Job().StartAsync(cluster.Options with { MaxAttempts = 1 });
        await cluster.CompleteAsync();

        IReadOnlyList<ParkedShard> parked = await cluster.Job().GetParkedShardsAsync();
        Assert.Equal(2, parked.Count);
        Assert.StartsWith("None of the 10 images could be opened. The first is '00000.png': ", parked[0].Problem,
            StringComparison.Ordinal);
        Assert.Empty(cluster.ResultFiles());
        Assert.Equal(["files.txt"], Directory.GetFiles(cluster.Output).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_paused_job_does_nothing_until_it_is_resumed()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(60);
        using var gate = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        cluster.Detector!.Before = name =>
        {
            if (name != "00025.png")
                return;
            reached.Set();
            gate.Wait(TimeSpan.FromSeconds(30));
        };

        await cluster.Job().StartAsync(cluster.Options);
        Assert.True(reached.Wait(TimeSpan.FromSeconds(30), Token));
        Task pausing = cluster.Job().PauseAsync();
        gate.Set();
        await pausing;
        int tagged = cluster.Detector.Predicted.Count;
        await Task.Delay(1500, Token);
        TaggingProgress paused = await cluster.Job().GetProgressAsync();

        Assert.Equal(tagged, cluster.Detector.Predicted.Count);
        Assert.Equal((TaggingJobState.Paused, 0), (paused.State, paused.RunningShards));
        Assert.InRange(paused.CompletedShards, 0, 5);
        await cluster.Job().ResumeAsync();
        await cluster.CompleteAsync();
        Assert.Equal(File.ReadAllLines(cluster.Manifest), cluster.Rows().Select(FileOf));
    }

    [Fact]
    public async Task A_canceled_job_keeps_its_files_and_can_be_started_again()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(60);
        cluster.Detector!.Before = _ => Thread.Sleep(10);

        await cluster.Job().StartAsync(cluster.Options);
        await cluster.WaitAsync(progress => progress.CompletedShards > 0);
        await cluster.Job().CancelAsync();
        TaggingProgress canceled = await cluster.Job().GetProgressAsync();
        string[] files = Directory.GetFiles(cluster.Output);
        await cluster.Job().StartAsync(cluster.Options);
        await cluster.CompleteAsync();

        Assert.Equal((TaggingJobState.Canceled, 0), (canceled.State, canceled.RunningShards));
        Assert.Equal(canceled.CompletedShards, files.Length);
        Assert.Empty(files.Except(cluster.ResultFiles()));
        Assert.Equal(60, cluster.Rows().Length);
    }

    [Fact]
    public async Task No_silo_works_on_more_shards_and_images_than_it_may()
    {
        await using var cluster = await TaggingCluster.StartAsync(
            silos: 1, configure: (_, options) => options.ShardsPerSilo = 3);
        cluster.AddImages(200);
        cluster.Detector!.Before = _ => Thread.Sleep(5);

        await cluster.Job().StartAsync(cluster.Options);
        long running = 0;
        await cluster.WaitAsync(progress =>
        {
            running = Math.Max(running, progress.RunningShards);
            return progress.State == TaggingJobState.Completed;
        });

        Assert.InRange(running, 1, 3);
        Assert.InRange(cluster.Detector.MaxInProgress, 1, Environment.ProcessorCount);
    }

    [Fact]
    public async Task A_silo_with_another_model_gets_no_shards()
    {
        await using var cluster = await TaggingCluster.StartAsync(silos: 2,
            model: name => name == "Silo_0" ? ExportedStudent.Create() : Tests.Prediction.Explanations.ColorStudent.Create());
        cluster.AddImages(60);

        await cluster.Job().StartAsync(cluster.Options);
        TaggingProgress progress = await cluster.CompleteAsync();

        Assert.Equal((60, 0), (progress.TaggedImages, progress.ParkedShards));
    }

    [Fact]
    public async Task A_job_keeps_its_options()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(3);
        await cluster.Job().StartAsync(cluster.Options);
        await cluster.Job().StartAsync(cluster.Options);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.Job().StartAsync(cluster.Options with { ShardSize = 20 }));

        Assert.StartsWith("The job 'job' exists with other options: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Use another name for a new job.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_options_are_listed_together()
    {
        await using var cluster = await TaggingCluster.StartAsync();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Job().StartAsync(
            new TaggingJobOptions { Manifest = "/nothing.txt", Output = "results", ShardSize = 0 }));

        Assert.Equal("TaggingJobOptions: Manifest is '/nothing.txt', which does not exist on the silo; Output is 'results'; "
            + "it must be a full path, because silos have other current directories; ShardSize is 0; it must be from 1 to "
            + "100000.", error.Message);
        Assert.Equal(TaggingJobState.NotStarted, (await cluster.Job().GetProgressAsync()).State);
    }

    [Fact]
    public async Task A_job_that_was_not_started_says_so()
    {
        await using var cluster = await TaggingCluster.StartAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Job("other").ResumeAsync());

        Assert.Equal("The job 'other' was not started.", error.Message);
    }

    private static string FileOf(string row) => JsonDocument.Parse(row).RootElement.GetProperty("file").GetString()!;
}
