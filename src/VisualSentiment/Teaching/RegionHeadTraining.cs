using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>
/// Fits region heads with Adam, in batches: from the plain head, which is the optimum without attention, so that attention
/// changes only what it improves.
/// </summary>
/// <param name="maps">The feature maps of the pictures.</param>
/// <param name="classes">C.</param>
/// <param name="seed">Decides the order of pictures.</param>
/// <param name="cancellation">Checked before each batch.</param>
internal sealed class RegionHeadTraining(FeatureMaps maps, int classes, int seed, CancellationToken cancellation)
{
    private const int Epochs = 10, BatchSize = 64, Folds = 3;
    private const double LearningRate = 0.003;
    private static readonly double[] Decays = [0.03, 0.3];

    /// <summary>
    /// The decay of the attention with the smallest cross-entropy on pictures that were not trained on: three-fold
    /// cross-validation within the training pictures. Null where the plain head has the smallest.
    /// </summary>
    public double? ChooseDecay(int[] pictures, int[] labels, double weightDecay)
    {
        int[] fold = new int[labels.Length], seen = new int[classes];
        for (int i = 0; i < labels.Length; i++)
            fold[i] = seen[labels[i]]++ % Folds;
        double[] loss = new double[Decays.Length + 1];
        for (int held = 0; held < Folds; held++)
        {
            int[] train = [.. Enumerable.Range(0, fold.Length).Where(i => fold[i] != held)], test = [.. Enumerable.Range(0, fold.Length).Where(i => fold[i] == held)];
            if (test.Length == 0)
                continue;
            int[] trainPictures = [.. train.Select(i => pictures[i])], trainLabels = [.. train.Select(i => labels[i])];
            for (int c = 0; c < loss.Length; c++)
                loss[c] += CrossEntropy(Fit(trainPictures, trainLabels, weightDecay, c == 0 ? null : Decays[c - 1]), test, pictures, labels);
        }
        int best = Array.IndexOf(loss, loss.Min());
        return best == 0 ? null : Decays[best - 1];
    }

    /// <summary>A head for pictures and their labels.</summary>
    /// <param name="pictures">[N] pictures of the maps.</param>
    /// <param name="labels">[N] class indices.</param>
    /// <param name="weightDecay">The factor of half the dense weights' sum of squares, on standardised features.</param>
    /// <param name="attentionDecay">The same of the attention; null for none, the plain head.</param>
    public RegionHead Fit(int[] pictures, int[] labels, double weightDecay, double? attentionDecay)
    {
        float[] embeddings = [.. pictures.SelectMany(maps.MeanOf)];
        var plain = DenseHead.Fit(embeddings, labels, classes, weightDecay);
        if (attentionDecay is not { } decay)
            return new RegionHead(new float[maps.Depth], plain.Weights.ToArray(), plain.Bias.ToArray());

        using var scope = NewDisposeScope();
        using var pause = new FinalizerPause();
        pause.BeforeStep();
        Tensor raw = tensor(embeddings, [labels.Length, maps.Depth]);
        Tensor mean = raw.mean([0]);
        Tensor deviation = (raw - mean).square().mean([0]).sqrt();
        deviation = where(deviation > 1e-6, deviation, ones_like(deviation));
        Tensor start = tensor(plain.Weights.ToArray(), [classes, maps.Depth]);

        using var attention = new TorchSharp.Modules.Parameter(zeros(maps.Depth));
        using var weights = new TorchSharp.Modules.Parameter((start * deviation).clone());
        using var bias = new TorchSharp.Modules.Parameter((tensor(plain.Bias.ToArray()) + start.matmul(mean)).clone());
        using var optimizer = optim.Adam([attention, weights, bias], LearningRate);
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        var random = new Random(seed);
        int steps = Epochs * ((labels.Length + BatchSize - 1) / BatchSize), step = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (int[] batch in order.Chunk(BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                pause.BeforeStep();
                using var pass = NewDisposeScope();
                optimizer.ParamGroups.First().LearningRate = LearningRate * 0.5 * (1 + Math.Cos(Math.PI * step++ / steps));
                optimizer.zero_grad();
                Tensor x = (tensor(maps.Read([.. batch.Select(i => pictures[i])]), [batch.Length, maps.Positions, maps.Depth]) - mean) / deviation;
                Tensor y = tensor(Array.ConvertAll(batch, i => (long)labels[i]));
                Tensor loss = nn.functional.cross_entropy(RegionPooling.Attend(x, attention).matmul(weights.t()) + bias, y)
                    + weights.square().sum() * (weightDecay / 2) + attention.square().sum() * (decay / 2);
                loss.backward();
                optimizer.step();
            }
        }
        ParameterCounting.Freed(3);
        using var noGradient = no_grad();
        Tensor scaled = weights / deviation;
        return new RegionHead((attention / deviation).data<float>().ToArray(), scaled.data<float>().ToArray(), (bias - scaled.matmul(mean)).data<float>().ToArray());
    }

    private double CrossEntropy(RegionHead head, int[] rows, int[] pictures, int[] labels)
    {
        double sum = 0;
        float[] logits = new float[classes];
        foreach (int row in rows)
        {
            head.Apply(maps.Read([pictures[row]]), logits);
            Probabilities.FromLogits(logits, classes);
            sum -= Math.Log(Math.Max(logits[labels[row]], 1e-12));
        }
        return sum;
    }
}
