using TorchSharp;
using TorchSharp.Modules;
using VisualSentiment.Distillation.Features;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Teaching;
using VisualSentiment.Training.Gradients;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation;

/// <summary>
/// Fits a student's last layer alone to the teacher's logits, by ridge regression over what it is given, before all layers are
/// trained. Random numbers there would pull at what a pretrained student knows already (Kumar et al. 2022, Fine-Tuning can Distort
/// Pretrained Features and Underperform Out-of-Distribution).
/// </summary>
internal static class LinearProbe
{
    // Of each image, at most: looking at all of them would take as long as epochs do.
    private const int Views = 4;

    private const int BatchSize = 64;

    // What is added to the variances, which are 1: with as many weights as images, the fit would say what the noise is.
    private const double Decay = 0.1;

    /// <exception cref="NotSupportedException">The student does not end in a dense layer.</exception>
    public static void ThrowIfWithoutDenseLayer(Student student)
    {
        if (!student.Inspect(network => HintedNetwork.PartsOf(network) is [.., Linear]))
            throw new NotSupportedException($"The student '{student.Name}' has no last layer that could be fitted by itself: that takes a Sequential that ends in a Linear. "
                + $"Leave {nameof(KnowledgeDistillationOptions.LinearProbe)} false.");
    }

    /// <summary>Replaces the weights of the last layer.</summary>
    /// <param name="student">On the processor: a student that <see cref="ThrowIfWithoutDenseLayer"/> lets pass. It is left as it was but for the layer.</param>
    /// <param name="images">The images that it is fitted to.</param>
    /// <param name="views">Their views.</param>
    /// <param name="taught">What the teacher says of the views.</param>
    /// <param name="epochs">Views that no epoch shows were not asked about.</param>
    /// <param name="normalization">What the first layer is fed.</param>
    /// <param name="run">The run.</param>
    public static void Fit(nn.Module<Tensor, Tensor> student, IReadOnlyList<int> images, TrainingViews views, PrecomputedLogits taught, int epochs,
        PixelNormalization normalization, TrainingRun run)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var pause = new FinalizerPause();
        nn.Module<Tensor, Tensor>[] parts = HintedNetwork.PartsOf(student);
        var last = (Linear)(nn.Module)parts[^1];
        ImageView[] seen = [.. Enumerable.Range(0, Math.Min(Views, Math.Min(views.Count, epochs))).SelectMany(view => images.Select(image => new ImageView(image, view)))];
        using var batch = new PixelBatch(views, normalization, DeviceType.CPU, BatchSize);
        bool training = student.training;
        student.eval();
        Sums? sums = null;
        foreach (ImageView[] some in seen.Chunk(BatchSize))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            pause.BeforeStep();
            using var step = NewDisposeScope();
            Tensor x = batch.Gather(new MicroBatch(some, [], 1));
            foreach (var part in parts[..^1])
                x = part.call(x);
            Tensor logits = taught.Of(some).cpu();
            // What is added to all logits of an image says nothing.
            var here = Sums.Of(x.to(ScalarType.Float64), (logits - logits.mean([1], keepdim: true)).to(ScalarType.Float64));
            sums = (sums is null ? here : here.Plus(sums)).MoveToOuterDisposeScope();
        }
        student.train(training);
        Solve(sums!, seen.Length, last);
    }

    private static void Solve(Sums sums, int count, Linear last)
    {
        Tensor mean = sums.Given / count, target = sums.Said / count;
        Tensor covariance = sums.GivenGiven / count - mean.outer(mean);
        // A number that never changes gets no weight.
        Tensor deviation = covariance.diagonal().clamp(min: 0).sqrt() + 1e-6;
        Tensor correlation = covariance / deviation.outer(deviation);
        Tensor products = (sums.GivenSaid / count - mean.outer(target)) / deviation.unsqueeze(1);
        Tensor fitted = linalg.solve(correlation + Decay * eye(mean.shape[0], dtype: ScalarType.Float64), products) / deviation.unsqueeze(1);
        last.weight!.copy_(fitted.t());
        last.bias?.copy_(target - fitted.t().mv(mean));
    }

    /// <summary>Sums over views: of what the layer is given [D], of what the teacher says [C], and of their products [D, D] and [D, C].</summary>
    private sealed record Sums(Tensor Given, Tensor Said, Tensor GivenGiven, Tensor GivenSaid)
    {
        public static Sums Of(Tensor given, Tensor said) => new(given.sum([0]), said.sum([0]), given.t().mm(given), given.t().mm(said));

        public Sums Plus(Sums other) => new(Given + other.Given, Said + other.Said, GivenGiven + other.GivenGiven, GivenSaid + other.GivenSaid);

        public Sums MoveToOuterDisposeScope() =>
            new(Given.MoveToOuterDisposeScope(), Said.MoveToOuterDisposeScope(), GivenGiven.MoveToOuterDisposeScope(), GivenSaid.MoveToOuterDisposeScope());
    }
}
