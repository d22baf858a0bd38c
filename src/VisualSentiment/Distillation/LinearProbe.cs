using TorchSharp;
using TorchSharp.Modules;
using VisualSentiment.Distillation.Features;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Teaching;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation;

/// <summary>
/// Fits only the student's last layer to the teacher's logits by ridge regression before all layers are trained. The
/// gradients of a random last layer would distort pretrained features (Kumar et al. 2022, "Fine-Tuning can Distort
/// Pretrained Features and Underperform Out-of-Distribution").
/// </summary>
internal static class LinearProbe
{
    // The maximum per image; all views would take as long as several epochs.
    private const int MaxViews = 4;

    private const int BatchSize = 64;

    // The ridge penalty on standardized features. Without it, the fit interpolates noise if there are few images.
    private const double Penalty = 0.1;

    /// <exception cref="NotSupportedException">The student does not end in a dense layer.</exception>
    public static void ThrowIfWithoutDenseLayer(Student student)
    {
        if (!student.Inspect(network => HintedNetwork.PartsOf(network) is [.., Linear]))
            throw new NotSupportedException($"The student '{student.Name}' is not a Sequential that ends in a Linear, "
                + "so its last layer cannot be fitted alone. "
                + $"Leave {nameof(KnowledgeDistillationOptions.LinearProbe)} false.");
    }

    /// <summary>
    /// Whether the features of a student can be fitted. Without pretraining, the statistics of batch normalization are
    /// not yet those of images.
    /// </summary>
    public static bool IsUseful(Student student) => student.IsPretrained
        || student.Inspect(network => !network.modules().Any(module => module is BatchNorm2d or BatchNorm1d));

    /// <summary>Replaces the weights of the last layer of a student on the CPU.</summary>
    /// <param name="student">A student for which <see cref="ThrowIfWithoutDenseLayer"/> does not throw.</param>
    /// <param name="images">The training images.</param>
    /// <param name="views">The views of the images.</param>
    /// <param name="teacherLogits">The teacher's logits of the views.</param>
    /// <param name="epochs">The number of epochs, which limits the views that have logits.</param>
    /// <param name="normalization">The normalization of pixel values.</param>
    /// <param name="run">The run.</param>
    public static void Fit(nn.Module<Tensor, Tensor> student, IReadOnlyList<int> images, TrainingViews views,
        PrecomputedLogits teacherLogits, int epochs, PixelNormalization normalization, TrainingRun run)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var pause = new FinalizerPause();
        nn.Module<Tensor, Tensor>[] parts = HintedNetwork.PartsOf(student);
        var last = (Linear)(nn.Module)parts[^1];
        ImageView[] used = [.. Enumerable.Range(0, Math.Min(MaxViews, Math.Min(views.Count, epochs)))
            .SelectMany(view => images.Select(image => new ImageView(image, view)))];
        using var batch = new PixelBatch(views, normalization, DeviceType.CPU, BatchSize);
        bool training = student.training;
        student.eval();
        Moments? moments = null;
        foreach (ImageView[] chunk in used.Chunk(BatchSize))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            pause.BeforeStep();
            using var step = NewDisposeScope();
            Tensor x = batch.Gather(new MicroBatch(chunk, [], 1));
            foreach (var part in parts[..^1])
                x = part.call(x);
            Tensor logits = teacherLogits.Of(chunk).cpu();
            // Softmax is invariant to a constant per image; remove it.
            Tensor y = (logits - logits.mean([1], keepdim: true)).to(ScalarType.Float64);
            Moments added = Moments.Of(x.to(ScalarType.Float64), y);
            moments = (moments is null ? added : added.Plus(moments)).MoveToOuterDisposeScope();
        }
        student.train(training);
        Solve(moments!, used.Length, last);
    }

    private static void Solve(Moments moments, int count, Linear last)
    {
        Tensor mean = moments.SumX / count, target = moments.SumY / count;
        Tensor covariance = moments.XtX / count - mean.outer(mean);
        // Constant features get no weight.
        Tensor deviation = covariance.diagonal().clamp(min: 0).sqrt() + 1e-6;
        Tensor correlation = covariance / deviation.outer(deviation);
        Tensor products = (moments.XtY / count - mean.outer(target)) / deviation.unsqueeze(1);
        Tensor penalty = Penalty * eye(mean.shape[0], dtype: ScalarType.Float64);
        Tensor fitted = linalg.solve(correlation + penalty, products) / deviation.unsqueeze(1);
        last.weight!.copy_(fitted.t());
        last.bias?.copy_(target - fitted.t().mv(mean));
    }

    /// <summary>Sums over views of features [D], of logits [C], and of their products [D, D] and [D, C].</summary>
    private sealed record Moments(Tensor SumX, Tensor SumY, Tensor XtX, Tensor XtY)
    {
        public static Moments Of(Tensor x, Tensor y) => new(x.sum([0]), y.sum([0]), x.t().mm(x), x.t().mm(y));

        public Moments Plus(Moments other) =>
            new(SumX + other.SumX, SumY + other.SumY, XtX + other.XtX, XtY + other.XtY);

        public Moments MoveToOuterDisposeScope() => new(SumX.MoveToOuterDisposeScope(), SumY.MoveToOuterDisposeScope(),
            XtX.MoveToOuterDisposeScope(), XtY.MoveToOuterDisposeScope());
    }
}
