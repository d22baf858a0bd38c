using Microsoft.ML;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// The library's training steps of the paper's student in <c>Fit</c>, from the bytes of the pixel store to the new weights. The
/// duration of a step is the time between two progress reports.
/// </summary>
internal sealed class TrainingStepCompetitor : ICompetitor
{
    private const int WarmUps = 3;
    private const int StepsOfEpoch = 5;
    private readonly CompetitorSettings _settings;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _rows;

    public TrainingStepCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _rows = TrainingRows.Create(_ml, settings.Photographs, StepsOfEpoch * settings.Batch);
        Train(WarmUps);
    }

    public Measurement Run()
    {
        double[] seconds = [.. Train(WarmUps + _settings.Rounds).Take(_settings.Rounds)];
        return new Measurement(seconds.Sum(), seconds.Length) { Latencies = [.. seconds.Select(s => 1000 * s)] };
    }

    public void Dispose()
    {
    }

    private IEnumerable<double> Train(int steps)
    {
        var clock = new StageClock();
        _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromScores(nameof(TrainingRow.TeacherScores)),
            BatchSize = _settings.Batch,
            Epochs = (steps + StepsOfEpoch) / StepsOfEpoch,
            Progress = clock,
        }).Fit(_rows).Dispose();
        return clock.StepSeconds(TrainingStage.TrainingStudent, WarmUps - 1);
    }
}
