using System.Diagnostics;
using Microsoft.ML;
using VisualSentiment.Data;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Training;

/// <summary>Trains a teacher and students, and writes models and reports.</summary>
internal sealed class TrainJob(TrainSettings settings, CancellationToken cancellation)
{
    private readonly MLContext _ml = new(settings.Seed);

    public void Run()
    {
        TrainingDisplay.ShowWarnings(_ml);
        IDataView images = _ml.Data.LoadImageFolder(settings.Folder);
        KnowledgeDistillationOptions recipe = settings.Recipe with
        {
            Unlabeled = settings.Unlabeled is null ? null
                : new UnlabeledImages(_ml.Data.LoadUnlabeledImages(settings.Unlabeled)),
            CacheFolder = settings.Cache,
            CancellationToken = cancellation,
        };
        var split = _ml.Data.StratifiedSplit(images, settings.TestFraction);
        IDataView train = split.TrainSet, test = split.TestSet;
        EvaluatedImages.ThrowIfUnlabeled(test, recipe.Unlabeled?.Images, recipe.ImageColumnName);
        Directory.CreateDirectory(settings.Output);
        var output = new OutputFolder(settings.Output);

        var (teacher, teacherTime) = Train($"Teacher: {settings.Teacher.Name}", progress => FitTeacher(train, progress),
            model => model.History);
        using (teacher)
        {
            var (student, studentTime) = Train($"Student: {recipe.Student.Name}, recipe {recipe.Recipe}",
                progress => FitStudent(
                    recipe with { Teacher = Teachers.FromModel(teacher), Progress = progress }, train),
                model => model.History);
            using (student)
            {
                string file = output.Save(student);
                output.Save(teacher);
                KnowledgeDistillationOptions fromScratch = recipe.LabelsOnly(pretrained: false);
                var (random, randomTime) = settings.Compare ? FitLabelsOnly(fromScratch, train) : default;
                var (pretrained, _) = settings.Compare && recipe.Student.IsPretrained
                    ? FitLabelsOnly(recipe.LabelsOnly(), train) : default;
                using (random)
                using (pretrained)
                {
                    // Measured before the test, because a backbone computes each image once.
                    var costs = new ModelCosts(settings, _ml, train, test, cancellation);
                    var options = new HtmlReportOptions
                    {
                        Title = $"{recipe.Student.Name} student of {teacher.Name}, recipe {recipe.Recipe}",
                        Teacher = costs.Of(teacher, teacherTime),
                        Student = costs.Of(recipe.Student, student, studentTime, file),
                        HardLabelStudent = random is null ? null
                            : costs.Of(fromScratch.Student, random, randomTime, file: null),
                        Settings = new Dictionary<string, string> { ["speed"] = Speed.Note },
                    };
                    DistillationReport report = _ml.MulticlassClassification.EvaluateDistillation(
                        test, student, teacher, random, pretrainedHardLabelStudent: pretrained,
                        options: new()
                        {
                            TeacherTrainingScores = teacher.Transform(train),
                            CancellationToken = cancellation,
                        });
                    output.Save(report, options);
                    TrainSummary.Show(report, options);
                }
            }
        }
        output.ShowFiles();
    }

    private TeacherTransformer FitTeacher(IDataView train, IProgress<TrainingProgress> progress) =>
        _ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
        {
            Teacher = settings.Teacher,
            ImageFit = settings.Recipe.ImageFit,
            CacheFolder = settings.Cache,
            Progress = progress,
            CancellationToken = cancellation,
        }).Fit(train);

    private (SentimentTransformer? Model, TimeSpan Time) FitLabelsOnly(
        KnowledgeDistillationOptions options, IDataView train) =>
        Train<SentimentTransformer?>($"Student: {options.Student.Name}, {options.Recipe}",
            progress => FitStudent(options with { Progress = progress }, train), model => model!.History);

    private SentimentTransformer FitStudent(KnowledgeDistillationOptions options, IDataView train) =>
        _ml.Transforms.DistillSentiment(options).Fit(train);

    private static (T Model, TimeSpan Time) Train<T>(string title, Func<IProgress<TrainingProgress>, T> fit,
        Func<T, IReadOnlyList<EpochResult>> history)
    {
        var clock = Stopwatch.StartNew();
        T model = TrainingDisplay.Run(title, fit);
        TimeSpan time = clock.Elapsed;
        LearningCurves.Show(history(model));
        return (model, time);
    }
}
