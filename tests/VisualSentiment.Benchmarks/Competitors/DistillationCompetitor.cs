using Microsoft.ML;
using VisualSentiment.Networks;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The library's distillation from a ResNet-50: decode once, ask the teacher once, then epochs.</summary>
internal sealed class DistillationCompetitor : ICompetitor
{
    public const string DecodingSeconds = nameof(DecodingSeconds);
    public const string TeachingSeconds = nameof(TeachingSeconds);

    private readonly CompetitorSettings _settings;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _rows;
    private readonly TeacherTransformer _teacher;

    public DistillationCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _rows = TrainingRows.Create(_ml, settings.Photographs, settings.Images);
        // How good the teacher is does not matter here: one step on two images of each class makes it. They are others than those
        // of the distillation, for what one training has decoded, the next need not.
        var few = TrainingRows.Create(_ml, settings.Photographs, 2 * TrainingRows.Classes, skip: settings.Images);
        _teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", Teachers.ResNet50(training: new TeacherTrainingOptions { Epochs = 1 })).Fit(few);
    }

    /// <summary>The seconds of an epoch (the median of all but the first), and of what is done once.</summary>
    public Measurement Run()
    {
        var clock = new StageClock();
        using SentimentTransformer student = _ml.Transforms.DistillSentiment(new KnowledgeDistillationOptions
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
                [TeachingSeconds] = clock.End(TrainingStage.Teaching) - clock.End(TrainingStage.Decoding),
            },
        };
    }

    public void Dispose() => _teacher.Dispose();
}
