using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Support.ExportedModel;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation;

/// <summary>Training with steps in bfloat16; on a processor that has no instructions for it, all of it is trained in 32 bits.</summary>
public sealed class BFloat16TrainingTests : IDisposable
{
    private readonly DrawnPictures _pictures = new(picturesPerClass: 6);
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _log = [];

    public BFloat16TrainingTests()
    {
        LibTorchBackend.EnsureLoaded();
        _ml.Log += (_, entry) =>
        {
            lock (_log)
                _log.Add(entry.RawMessage);
        };
    }

    public void Dispose()
    {
        _folder.Dispose();
        _pictures.Dispose();
    }

    [Fact]
    public void The_papers_student_learns_as_in_32_bits()
    {
        KnowledgeDistillationOptions options = Options() with { Student = Students.Paper, Epochs = 3, LearningRate = 1e-3 };

        using var expected = Fit(options with { Precision = TrainingPrecision.Float32 });
        using var actual = Fit(options);

        Assert.All(expected.History.Zip(actual.History), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 0.05 * pair.First.Loss));
        Assert.True(actual.History[^1].Loss < 0.95 * actual.History[0].Loss, string.Join(", ", actual.History.Select(epoch => epoch.Loss)));
        Assert.DoesNotContain(_log, line => line.Contains("32 bits", StringComparison.Ordinal) && BFloat16Instructions.AreAvailable);
    }

    [Fact]
    public void The_same_seed_gives_the_same_onnx_file_byte_for_byte_and_another_than_in_32_bits()
    {
        byte[] first = Export(Fit(Options()));

        Assert.Equal(first, Export(Fit(Options())));
        Assert.SkipUnless(BFloat16Instructions.AreAvailable, "The processor has no instructions for bfloat16.");
        Assert.NotEqual(first, Export(Fit(Options() with { Precision = TrainingPrecision.Float32 })));
    }

    [Fact]
    public void The_exported_weights_have_32_bits_which_are_used()
    {
        var model = ModelProto.Parser.ParseFrom(Export(Fit(Options())));

        TensorProto weights = model.Graph.Initializer.Single(tensor => tensor.Name == "conv.weight");
        Assert.Equal((int)TensorProto.Types.DataType.Float, weights.DataType);
        uint[] bits = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(weights.RawData.Span)];
        Assert.Contains(bits, number => (number & 0xFFFF) != 0);
        Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float16);
    }

    [Fact]
    public void Fit_leaves_no_tensors_behind()
    {
        IDataView data = _pictures.Load(_ml);
        long before = LiveTensors.Count();

        Fit(Options() with { Student = Students.Paper, Epochs = 1, ValidationFraction = 0.25 }, data).Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_network_with_batch_normalisation_or_dropout_is_trained_in_32_bits_and_the_log_says_so()
    {
        KnowledgeDistillationOptions options = Options() with { Student = Students.Custom("normalized", SmallNetworks.Normalized) };
        byte[] expected = Export(Fit(options with { Precision = TrainingPrecision.Float32 }));
        Assert.DoesNotContain(_log, line => line.Contains("bfloat16", StringComparison.OrdinalIgnoreCase));

        Assert.Equal(expected, Export(Fit(options)));
        Assert.Contains(_log, line => line.Contains("32 bits", StringComparison.Ordinal));
    }

    [Fact]
    public void A_student_that_is_made_differently_each_time_is_trained_in_32_bits_and_the_log_says_so()
    {
        Assert.SkipUnless(BFloat16Instructions.AreAvailable, "The processor has no instructions for bfloat16.");
        bool other = false;
        Student odd = Students.Custom("odd", classes => nn.Sequential(("flatten", nn.Flatten()), ("fc", nn.Linear(3 * 224 * 224, classes)),
            ("activation", (other = !other) ? nn.Tanh() : nn.Sigmoid())));

        Fit(Options() with { Student = odd, Epochs = 1 }).Dispose();

        Assert.Contains(_log, line => line.Contains("another network is made each time", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_is_stopped_goes_on_to_the_same_bits_and_not_in_32()
    {
        byte[] uninterrupted = Export(Fit(Options()));
        using var stop = new CancellationTokenSource();
        KnowledgeDistillationOptions options = Options() with { CheckpointFolder = _folder["checkpoints"] };
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(options with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(step => { if (step is { Stage: TrainingStage.TrainingStudent, Epoch: 2 }) stop.Cancel(); }),
        }));

        Assert.Equal(uninterrupted, Export(Fit(options)));
        Assert.SkipUnless(BFloat16Instructions.AreAvailable, "The processor has no instructions for bfloat16.");
        var failure = Assert.Throws<InvalidOperationException>(() => Fit(options with { Precision = TrainingPrecision.Float32 }));
        Assert.Contains("precision: BFloat16 in the checkpoint, not set now", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_that_is_trained_may_be_trained_so_too()
    {
        using var teacher = _ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
        {
            Teacher = Teachers.Network("plain", SmallNetworks.Plain, new TeacherTrainingOptions { Epochs = 4, BatchSize = 6, LearningRate = 0.02 }),
            Precision = TrainingPrecision.BFloat16,
        }).Fit(_pictures.Load(_ml));

        Assert.True(teacher.History[^1].Loss < teacher.History[0].Loss);
        Assert.DoesNotContain(_log, line => line.Contains("32 bits", StringComparison.Ordinal) && BFloat16Instructions.AreAvailable);
    }

    [Fact]
    public void A_precision_that_there_is_not_is_a_mistake()
    {
        var mistake = Assert.Throws<ArgumentException>(() => Fit(Options() with { Precision = (TrainingPrecision)7 }));

        Assert.Contains("Precision is 7; it must be one of Float32, BFloat16", mistake.Message, StringComparison.Ordinal);
    }

    // On labels alone: no teacher to train first.
    private static KnowledgeDistillationOptions Options() => new()
    {
        HardWeight = 1, Student = SmallNetworks.Student, Epochs = 4, BatchSize = 6, LearningRate = 0.02, Precision = TrainingPrecision.BFloat16,
    };

    private SentimentTransformer Fit(KnowledgeDistillationOptions options, IDataView? data = null) =>
        _ml.Transforms.DistillSentiment(options).Fit(data ?? _pictures.Load(_ml));
}
