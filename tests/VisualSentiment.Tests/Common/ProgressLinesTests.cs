namespace VisualSentiment.Tests.Common;

public class ProgressLinesTests
{
    [Fact]
    public void There_is_one_line_per_epoch_and_one_at_the_end_of_other_stages()
    {
        var writer = new StringWriter { NewLine = "\n" };
        IProgress<TrainingProgress> progress = TrainingProgress.ToConsole(writer);

        for (int step = 1; step <= 3; step++)
            progress.Report(new(TrainingStage.Decoding, 1, 1, step, 3, double.NaN));
        for (int epoch = 1; epoch <= 2; epoch++)
            for (int step = 1; step <= 2; step++)
                progress.Report(new(TrainingStage.TrainingStudent, epoch, 2, step, 2, 0.5 * epoch));

        Assert.Equal(["decoding images, 3 of 3", "training the student, epoch 1 of 2, loss 0.500",
            "training the student, epoch 2 of 2, loss 1.000"],
            writer.ToString().TrimEnd('\n').Split('\n').Select(line => line["0:00:00  ".Length..]));
    }
}
