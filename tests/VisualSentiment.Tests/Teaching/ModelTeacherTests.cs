using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Teaching;

public sealed class ModelTeacherTests : IDisposable
{
    private readonly SentimentTransformer _model = Load(seed: 7), _same = Load(seed: 7), _other = Load(seed: 8);

    public void Dispose()
    {
        _model.Dispose();
        _same.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void A_teacher_that_reads_images_otherwise_than_the_student_is_an_error()
    {
        const string error = "The teacher reads images with Fill, the student with CenterCrop; use one ImageFit";
        KnowledgeDistillationOptions options = DistillationRecipes.Paper with { Teacher = Teachers.FromModel(_model) };
        KnowledgeDistillationOptions cropped = options with { ImageFit = ImageFit.CenterCrop };

        Assert.Empty(options.FindErrors());
        Assert.Equal([error], cropped.FindErrors());
        Assert.Equal([error], (cropped with { Teacher = Teachers.Ensemble(cropped.Teacher!, Teachers.FromModel(_other)) }).FindErrors());
        Assert.Empty((cropped with { Loss = DistillationLosses.HardLabels }).FindErrors());
    }

    [Fact]
    public void Two_models_have_different_fingerprints_although_their_descriptions_are_equal()
    {
        Teacher teacher = Teachers.FromModel(_model), same = Teachers.FromModel(_same), other = Teachers.FromModel(_other);

        Assert.Equal(teacher.Description, other.Description);
        Assert.Equal(teacher.Fingerprint(), same.Fingerprint());
        Assert.NotEqual(teacher.Fingerprint(), other.Fingerprint());
        Assert.NotEqual(Teachers.Ensemble(teacher, same).Fingerprint(), Teachers.Ensemble(teacher, other).Fingerprint());
    }

    [Fact]
    public void A_weights_file_of_another_folder_has_another_fingerprint()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a/own.safetensors"], "a");
        File.WriteAllText(folder["b/own.safetensors"], "b");
        TrainableTeacher a = Teachers.Vgg16(folder["a/own.safetensors"]), b = Teachers.Vgg16(folder["b/own.safetensors"]);

        Assert.Equal(a.Description, b.Description);
        Assert.NotEqual(a.Fingerprint(), b.Fingerprint());
        Assert.NotEqual(Teachers.OutOfFold(a).Fingerprint(), Teachers.OutOfFold(b).Fingerprint());
    }

    [Fact]
    public void A_trained_teacher_that_cannot_be_prepared_is_disposed()
    {
        var teacher = new Unprepared(_model);

        Assert.Throws<InvalidOperationException>(() => teacher.Prepare(null!, null!));

        Assert.True(teacher.Trained.IsDisposed);
    }

    private static SentimentTransformer Load(int seed) =>
        new(ExportedStudent.Create(seed: seed), "ImagePath", TextDataViewType.Instance);

    private sealed class Unprepared(SentimentTransformer model) : TrainableTeacher
    {
        public UnpreparedTrained Trained { get; } = new(model);

        public override string Name => "unprepared";

        internal override IEnumerable<string> FindErrors() => [];

        internal override TrainedTeacher Train(TrainingSet set, TrainingRun run) => Trained;
    }

    private sealed class UnpreparedTrained(SentimentTransformer model) : TrainedTeacher(model.Classifier, 0, [])
    {
        public bool IsDisposed { get; private set; }

        public override PreparedTeacher Prepare(TrainingSet set, TrainingRun run) => throw new InvalidOperationException();

        public override void Dispose()
        {
            IsDisposed = true;
            base.Dispose();
        }
    }
}
