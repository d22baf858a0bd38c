using System.Diagnostics;
using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Computes the mean loss of a batch from the network's logits [N, C] and the pictures they belong to.</summary>
internal delegate Tensor BatchLoss(Tensor logits, int[] pictures);

/// <summary>Fits a network to the pictures of a training set with Adam; the same for teachers and students.</summary>
internal sealed class TrainingLoop(TrainingSet set, TrainingSchedule schedule, PixelNormalization normalization, TrainingStage stage, TrainingRun run)
{
    // The activations of one picture stay near the processor's cache, and a step needs a twentieth of the memory.
    private const int PicturesOfSlice = 1;

    /// <summary>
    /// Whether the loss of a batch is the mean over its pictures, so that gradients may be added up slice by slice.
    /// Networks with batch normalisation see whole batches all the same.
    /// </summary>
    public bool LossIsMeanOverPictures { get; init; }

    /// <summary>
    /// Trains on the training part of the set, shuffled anew in every epoch, and measures the accuracy on the validation
    /// part after each. Leaves the network in evaluation mode.
    /// </summary>
    public IReadOnlyList<EpochResult> Fit(nn.Module<Tensor, Tensor> network, BatchLoss loss)
    {
        var clock = Stopwatch.StartNew();
        var random = new Random(run.Seed);
        int[] order = [.. set.TrainingPart];
        // A batch of one would leave batch normalisation nothing to normalise over: a lone last picture joins the batch before.
        int steps = Math.Max(1, (order.Length + schedule.BatchSize - 1) / schedule.BatchSize);
        if (schedule.BatchSize > 1 && steps > 1 && order.Length % schedule.BatchSize == 1)
            steps--;

        using var memory = ReusedMemory.Begin();
        ChannelsLast.Apply(network);
        bool gpu = run.Device != DeviceType.CPU;
        if (gpu)
            network.to(run.Device);
        using var optimizer = optim.Adam(network.parameters(), schedule.LearningRate);
        bool whole = gpu || !LossIsMeanOverPictures || network.modules().Any(module => module is TorchSharp.Modules.BatchNorm2d or TorchSharp.Modules.BatchNorm1d);
        using var batch = new PixelBatch(set.Pixels, normalization, run.Device, schedule.BatchSize + 1);
        List<EpochResult> history = [];
        for (int epoch = 1; epoch <= schedule.Epochs; epoch++)
        {
            random.Shuffle(order);
            network.train();
            double total = 0;
            int seen = 0;
            for (int step = 0; step < steps; step++)
            {
                run.CancellationToken.ThrowIfCancellationRequested();
                int from = step * schedule.BatchSize;
                int[] rows = order[from..(step == steps - 1 ? order.Length : from + schedule.BatchSize)];
                set.Pixels.Prefetch(order.AsSpan(from + rows.Length, Math.Min(schedule.BatchSize, order.Length - from - rows.Length)));
                using (NewDisposeScope())
                    optimizer.zero_grad();
                foreach (int[] slice in rows.Chunk(whole ? rows.Length : PicturesOfSlice))
                {
                    using var scope = NewDisposeScope();
                    Tensor value = loss(network.call(batch.Gather(slice)), slice) * ((double)slice.Length / rows.Length);
                    value.backward();
                    total += value.item<float>() * rows.Length;
                }
                using (NewDisposeScope())
                    optimizer.step();
                seen += rows.Length;
                if (!double.IsFinite(total))
                    throw new InvalidOperationException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                        $"The loss is no longer a number in epoch {epoch}, step {step + 1}; lower the learning rate (now {schedule.LearningRate})."));
                run.Progress?.Report(new TrainingProgress(stage, epoch, schedule.Epochs, step + 1, steps, total / seen));
            }
            network.eval();
            double? accuracy = set.ValidationPart.Count == 0 ? null : Accuracy(network, batch, set.ValidationPart);
            history.Add(new EpochResult(epoch, total / seen, accuracy, clock.Elapsed));
            run.Log.Info(MessageSensitivity.None, "{0}: epoch {1} of {2}, loss {3:0.0000}{4}, {5:0.0} s", stage, epoch, schedule.Epochs,
                total / seen, accuracy is { } share ? $", validation accuracy {share:0.000}" : "", clock.Elapsed.TotalSeconds);
        }
        return history;
    }

    private double Accuracy(nn.Module<Tensor, Tensor> network, PixelBatch batch, IReadOnlyList<int> pictures)
    {
        using var noGradient = no_grad();
        int right = 0;
        foreach (int[] rows in pictures.Chunk(schedule.BatchSize))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            long[] predicted = network.call(batch.Gather(rows)).argmax(1).cpu().data<long>().ToArray();
            right += rows.Where((row, i) => predicted[i] == set.Labels[row]).Count();
        }
        return (double)right / pictures.Count;
    }
}
