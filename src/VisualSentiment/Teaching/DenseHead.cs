using System.Numerics.Tensors;
using VisualSentiment.Common;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace VisualSentiment.Teaching;

/// <summary>A dense layer on embeddings: logits [C] = weights [C, D] x embedding [D] + bias [C].</summary>
internal sealed class DenseHead
{
    private const int Iterations = 300;
    private const double LearningRate = 0.02;
    private const int Folds = 3;
    private static readonly double[] Candidates = [0.01, 0.03, 0.1, 0.3, 1];

    private DenseHead(float[] weights, float[] bias)
    {
        Weights = weights;
        Bias = bias;
    }

    public float[] Weights { get; }

    public float[] Bias { get; }

    public long Parameters => Weights.Length + Bias.Length;

    /// <summary>
    /// Fits multinomial logistic regression with L2 regularization to standardized embeddings [N, D] and class indices
    /// [N]. The problem is convex; full-batch Adam solves it from zero, so that no seed is needed. The loss is the mean
    /// cross-entropy plus <paramref name="weightDecay"/> times half the sum of the squared weights.
    /// </summary>
    public static DenseHead Fit(float[] embeddings, int[] labels, int classes, double weightDecay,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var pause = new FinalizerPause();
        pause.BeforeStep();
        Tensor raw = tensor(embeddings, [labels.Length, embeddings.Length / labels.Length]);
        Tensor mean = raw.mean([0]);
        // Constant features carry no information and are not scaled.
        Tensor deviation = (raw - mean).square().mean([0]).sqrt();
        deviation = where(deviation > 1e-6, deviation, ones_like(deviation));
        Tensor x = (raw - mean) / deviation;
        Tensor y = tensor(Array.ConvertAll(labels, label => (long)label));

        using var weights = new TorchSharp.Modules.Parameter(zeros(classes, x.shape[1]));
        using var bias = new TorchSharp.Modules.Parameter(zeros(classes));
        using var optimizer = optim.Adam([weights, bias], LearningRate);
        for (int i = 0; i < Iterations; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            pause.BeforeStep();
            using var step = NewDisposeScope();
            optimizer.ParamGroups.First().LearningRate = LearningRate * 0.5 * (1 + Math.Cos(Math.PI * i / Iterations));
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(x.matmul(weights.t()) + bias, y)
                + weights.square().sum() * (weightDecay / 2);
            loss.backward();
            optimizer.step();
        }

        using var noGradient = no_grad();
        Tensor scaled = weights / deviation;
        return new DenseHead(scaled.data<float>().ToArray(), (bias - scaled.matmul(mean)).data<float>().ToArray());
    }

    /// <summary>
    /// Chooses the weight decay with the smallest cross-entropy in three-fold cross-validation on the training images.
    /// Cross-entropy, not accuracy, because a student learns from all probabilities. Without a class of two images, no
    /// fold can be predicted from the others, and the largest weight decay is chosen.
    /// </summary>
    public static double ChooseWeightDecay(
        float[] embeddings, int[] labels, int classes, CancellationToken cancellation = default)
    {
        int size = embeddings.Length / labels.Length;
        // Stratified folds.
        int[] fold = new int[labels.Length];
        int[] seen = new int[classes];
        for (int i = 0; i < labels.Length; i++)
            fold[i] = seen[labels[i]]++ % Folds;
        if (seen.Max() < 2)
            return Candidates[^1];

        (float[] Embeddings, int[] Labels) Part(Func<int, bool> belongs)
        {
            int[] rows = [.. Enumerable.Range(0, labels.Length).Where(i => belongs(fold[i]))];
            float[] part = new float[rows.Length * size];
            for (int i = 0; i < rows.Length; i++)
                embeddings.AsSpan(rows[i] * size, size).CopyTo(part.AsSpan(i * size));
            return (part, [.. rows.Select(i => labels[i])]);
        }

        double[] loss = new double[Candidates.Length];
        for (int held = 0; held < Folds; held++)
        {
            var train = Part(f => f != held);
            var test = Part(f => f == held);
            if (test.Labels.Length == 0)
                continue;
            for (int c = 0; c < Candidates.Length; c++)
                loss[c] += Fit(train.Embeddings, train.Labels, classes, Candidates[c], cancellation)
                    .CrossEntropy(test.Embeddings, test.Labels);
        }
        return Candidates[Array.IndexOf(loss, loss.Min())];
    }

    private double CrossEntropy(float[] embeddings, int[] labels)
    {
        int classes = Bias.Length;
        float[] logits = new float[labels.Length * classes];
        Apply(embeddings, logits);
        Probabilities.FromLogits(logits, classes);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
            sum -= Math.Log(Math.Max(logits[i * classes + labels[i]], 1e-12));
        return sum;
    }

    /// <summary>Predicts the class index of an embedding [D].</summary>
    public int Predict(float[] embedding)
    {
        float[] logits = new float[Bias.Length];
        Apply(embedding, logits);
        return ArgMax.Of(logits);
    }

    /// <summary>Computes the logits [N, C] of embeddings [N, D].</summary>
    public void Apply(ReadOnlySpan<float> embeddings, Span<float> logits)
    {
        int classes = Bias.Length, size = Weights.Length / classes;
        for (int i = 0; i < logits.Length; i++)
            logits[i] = Bias[i % classes] + TensorPrimitives.Dot(
                embeddings.Slice(i / classes * size, size), Weights.AsSpan(i % classes * size, size));
    }
}
