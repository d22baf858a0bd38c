using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Teaching;

public sealed class EnsembleTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 5);
    private readonly MLContext _ml = new(seed: 3);
    private readonly TrainingRun _run;
    private readonly Microsoft.ML.Runtime.IChannel _log;

    public EnsembleTests()
    {
        LibTorchBackend.EnsureLoaded();
        _log = CatalogEnvironment.Of(_ml.Data).Start("test");
        _run = new TrainingRun(_log, null, Seed: 1, default);
    }

    public void Dispose()
    {
        _log.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void An_ensemble_averages_probabilities_by_weight()
    {
        using var set = Load();
        var sure = new Fixed("sure", [100, 0, 0]);
        var other = new Fixed("other", [0, 1, 0]);

        using PreparedTeacher ready = Teachers.Ensemble((sure, 1), (other, 3)).Prepare(set, _run);
        float[] logits = LogitsOf(ready, set);

        double e = Math.E / (2 + Math.E), rest = 1 / (2 + Math.E);
        Assert.Equal([0.25 + 0.75 * rest, 0.75 * e, 0.75 * rest], logits[..3].Select(logit => Math.Exp(logit)), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Every_mistake_of_an_ensemble_is_listed()
    {
        var ensemble = Teachers.Ensemble((new Fixed("one", [1, 0, 0]), 0), (Teachers.Onnx("missing.onnx", PixelNormalization.MinusOneToOne), double.NaN));

        Assert.Collection(ensemble.FindErrors(),
            error => Assert.Contains("the weight of one in the ensemble is 0", error, StringComparison.Ordinal),
            error => Assert.Contains("NaN", error, StringComparison.Ordinal),
            error => Assert.Contains("there is no file 'missing.onnx'", error, StringComparison.Ordinal));
        Assert.Contains("no teachers", Assert.Single(Teachers.Ensemble(Array.Empty<Teacher>()).FindErrors()), StringComparison.Ordinal);
    }

    [Fact]
    public void About_an_image_it_learned_from_only_a_teacher_that_did_not_see_it_speaks()
    {
        using var set = Load(validationFraction: 0.2);
        var recorder = new Recorder();
        var teacher = Teachers.OutOfFold(recorder, folds: 4);

        using TrainedTeacher trained = teacher.Train(set, _run);
        using PreparedTeacher ready = trained.Prepare(set, _run);
        float[] logits = LogitsOf(ready, set);

        Assert.Equal(4, recorder.Parts.Count);
        Assert.All(set.TrainingPart, image => Assert.DoesNotContain(image, recorder.Parts[Member(logits, image)]));
        Assert.All(set.ValidationPart, image => Assert.All(recorder.Parts, part => Assert.DoesNotContain(image, part)));
    }

    [Fact]
    public void About_other_images_the_teachers_of_all_folds_speak_together()
    {
        using var set = Load(validationFraction: 0.2);
        using TrainedTeacher trained = Teachers.OutOfFold(new Recorder(), folds: 2).Train(set, _run);
        using PreparedTeacher ready = trained.Prepare(set, _run);

        float[] logits = new float[3];
        int image = set.ValidationPart[0];
        ready.ComputeLogits([image], set.Pixels[image], logits);

        // One member is all for the first class, the other for the second.
        Assert.Equal([0.5, 0.5, 0], logits.Select(logit => Math.Exp(logit)), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Two_copies_of_an_image_are_in_one_fold()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(_images.Folder, "calm")))
            File.Copy(file, Path.ChangeExtension(file, null) + "-copy.png");
        using var set = Load();
        var recorder = new Recorder();

        Teachers.OutOfFold(recorder, folds: 3).Train(set, _run).Dispose();

        var twins = Enumerable.Range(0, set.Count).GroupBy(image => TeacherCache.KeyOf(set.Pixels[image])).Where(group => group.Count() == 2).ToArray();
        Assert.Equal(5, twins.Length);
        Assert.All(twins, twin => Assert.All(recorder.Parts, part => Assert.Equal(part.Contains(twin.First()), part.Contains(twin.Last()))));
    }

    [Fact]
    public void Each_fold_leaves_a_like_share_of_every_class_out()
    {
        using var set = Load();
        var recorder = new Recorder();

        Teachers.OutOfFold(recorder, folds: 5).Train(set, _run).Dispose();

        Assert.All(recorder.Parts, part => Assert.All(part.GroupBy(image => set.Labels[image]), group => Assert.Equal(4, group.Count())));
    }

    [Fact]
    public void A_class_of_one_image_cannot_be_shared_out()
    {
        using var set = TrainingSet.Load(_ml.Data.TakeRows(_images.Load(_ml), 11), DistillationRecipes.Paper, _run);

        var failure = Assert.Throws<TrainingDataException>(() => Teachers.OutOfFold(new Recorder(), folds: 5).Train(set, _run));

        Assert.Contains("'rage' has one image", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ensemble_of_folds_and_columns_teaches_a_student()
    {
        IDataView data = _images.Load(_ml);
        var teacher = Teachers.Ensemble(Teachers.OutOfFold(SmallNetworks.Teacher(epochs: 8), folds: 2), SmallNetworks.Teacher(epochs: 8));
        long before = LiveTensors.Count();

        using var student = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = teacher, Loss = DistillationLosses.SoftTarget(1), Student = SmallNetworks.Student, Epochs = 20, LearningRate = 0.02,
        }).Fit(data);

        Assert.Equal(before, TorchSharp.torch.Tensor.TotalCount);
        Assert.True(_ml.MulticlassClassification.Evaluate(student.Transform(data)).MicroAccuracy > 0.8);
    }

    [Fact]
    public void Every_member_of_an_ensemble_has_checkpoints_of_its_own()
    {
        using var set = Load();
        using var folder = new TemporaryFolder();
        var teacher = Teachers.Ensemble(SmallNetworks.Teacher(epochs: 1), SmallNetworks.Teacher(epochs: 2),
            Teachers.OutOfFold(SmallNetworks.Teacher(epochs: 1), folds: 2));

        teacher.Prepare(set, _run with { CheckpointFolder = folder.Path }).Dispose();

        Assert.Equal(["teacher-1.checkpoint", "teacher-2.checkpoint", "teacher-3-1.checkpoint", "teacher-3-2.checkpoint"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private TrainingSet Load(double validationFraction = 0) =>
        TrainingSet.Load(_images.Load(_ml), DistillationRecipes.Paper with { ValidationFraction = validationFraction }, _run);

    private static float[] LogitsOf(PreparedTeacher ready, TrainingSet set)
    {
        float[] logits = new float[set.Count * 3];
        for (int image = 0; image < set.Count; image++)
            ready.ComputeLogits([image], set.Pixels[image], logits.AsSpan(image * 3, 3));
        return logits;
    }

    private static int Member(float[] logits, int image)
    {
        float[] row = logits[(image * 3)..(image * 3 + 3)];
        return (int)row[2];
    }

    /// <summary>Says the same of every image.</summary>
    private sealed class Fixed(string name, float[] logits) : Teacher
    {
        public override string Name => name;

        internal override IEnumerable<string> FindErrors() => [];

        internal override PreparedTeacher Prepare(TrainingSet set, TrainingRun run) =>
            new PreparedScoreTeacher([.. Enumerable.Repeat(logits, set.Count).SelectMany(row => row)], logits.Length);
    }

    /// <summary>Remembers what it was trained on, and says which of its trainings speaks: member m answers with logits 100 at class m, and m as the last.</summary>
    private sealed class Recorder : TrainableTeacher
    {
        public List<IReadOnlyList<int>> Parts { get; } = [];

        public override string Name => "recorder";

        internal override IEnumerable<string> FindErrors() => [];

        internal override TrainedTeacher Train(TrainingSet set, TrainingRun run)
        {
            Parts.Add(set.TrainingPart);
            return new TrainedTeacher(new Answer(Parts.Count - 1, set.Classes), 1, []);
        }

        private sealed class Answer(int member, IReadOnlyList<string> classes) : PixelClassifier
        {
            public override IReadOnlyList<string> Classes => classes;

            public override ImageFit Fit => ImageFit.Fill;

            public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities)
            {
                Logits(pixels, count, probabilities);
                Probabilities.FromLogits(probabilities, classes.Count);
            }

            public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits)
            {
                for (int i = 0; i < count; i++)
                    for (int c = 0; c < 3; c++)
                        logits[i * 3 + c] = c == 2 ? member : c == member ? 100 : 0;
            }

            public override void Dispose()
            {
            }
        }
    }
}
