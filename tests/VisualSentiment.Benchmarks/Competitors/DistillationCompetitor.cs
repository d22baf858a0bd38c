using Microsoft.ML;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The library's distillation from ResNet-50: decode once, compute the teacher's outputs once, then train.</summary>
internal sealed class DistillationCompetitor : ICompetitor
{
    public const string DecodingSeconds = nameof(DecodingSeconds);
    public const string TeacherSeconds = nameof(TeacherSeconds);

    private readonly CompetitorSettings _settings;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _rows;
    private readonly TeacherTransformer _teacher;

    public DistillationCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _rows = TrainingRows.Create(_ml, settings.Photographs, settings.Images);
        // The accuracy of the teacher does not matter here, so it trains for one step on two images per class. These are not images of
        // the distillation, which would otherwise find them decoded.
        var few = TrainingRows.Create(_ml, settings.Photographs, 2 * TrainingRows.Classes, skip: settings.Images);
        _teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", Teachers.ResNet50(training: new TeacherTrainingOptions { Epochs = 1 })).Fit(few);
    }

    /// <summary>The seconds of an epoch (the median of all but the first), and of the work done once.</summary>
    public Measurement Run()
    {
        var clock = new StageClock();
        using SentimentTransformer student = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.FromModel(_teacher),
            BatchSize = _settings.Batch,
            Epochs = _settings.Rounds,
            Progress = clock,
        }).Fit(_rows);
        var epochs = student.History.Zip(student.History.Skip(1), (before, after) => (after.Elapsed - before.Elapsed).TotalSeconds);
        return new Measurement(Statistics.Median(epochs), 1)
        {
            Figures = new Dictionary<string, double>
            {
                [DecodingSeconds] = clock.End(TrainingStage.Decoding),
                [TeacherSeconds] = clock.End(TrainingStage.Teaching) - clock.End(TrainingStage.Decoding),
            },
        };
    }

    public void Dispose() => _teacher.Dispose();
}
