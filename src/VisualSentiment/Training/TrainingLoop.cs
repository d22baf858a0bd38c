using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Scoring;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Fits a network to the pictures of a training set; the same for teachers and students.</summary>
internal sealed class TrainingLoop(TrainingSet set, TrainingSchedule schedule, PixelNormalization normalization, TrainingStage stage, TrainingRun run)
{
    // The activations of one picture stay near the processor's cache, and a step needs a twentieth of the memory.
    private const int PicturesOfSlice = 1;

    /// <summary>
    /// Whether the loss of a batch is the mean over its pictures, so that gradients may be added up slice by slice.
    /// Networks with batch normalisation see whole batches all the same.
    /// </summary>
    public bool LossIsMeanOverPictures { get; init; }

    /// <summary>The views that the network learns from; the pictures as they are by default.</summary>
    public TrainingViews Views { get; init; } = new(set.Pixels, null, 0);

    /// <summary>Creates the plan of what is looked at; every training picture as it is by default.</summary>
    public Func<EpochPlan> Plan { get; init; } = () => new EpochPlan(set.TrainingPart, [], 0, views: 1, run.Seed);

    /// <summary>The parameter of mixup's Beta distribution; 0 for none.</summary>
    public double Mixup { get; init; }

    /// <summary>Where the state after each epoch is kept; null for nowhere.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>
    /// Trains, and measures the accuracy on the validation part after each epoch. Leaves the network in evaluation mode, with
    /// the weights of the last epoch or the best, as the schedule says.
    /// </summary>
    public TrainingResult Fit(nn.Module<Tensor, Tensor> network, IBatchLoss loss)
    {
        var clock = Stopwatch.StartNew();
        using var memory = ReusedMemory.Begin();
        ChannelsLast.Apply(network);
        if (run.Device != DeviceType.CPU)
            network.to(run.Device);
        using var optimizer = schedule.WeightDecay == 0
            ? (TorchSharp.Modules.OptimizerHelper)optim.Adam(network.parameters(), schedule.LearningRate)
            : optim.AdamW(network.parameters(), schedule.LearningRate, weight_decay: schedule.WeightDecay);
        bool whole = run.Device != DeviceType.CPU || !LossIsMeanOverPictures
            || network.modules().Any(module => module is TorchSharp.Modules.BatchNorm2d or TorchSharp.Modules.BatchNorm1d);
        using var batch = new PixelBatch(Views, normalization, run.Device, schedule.BatchSize + 1);
        using var state = new TrainingState(network, optimizer);
        Checkpoint?.Resume(state, run);

        EpochPlan plan = Plan();
        for (int epoch = 1; epoch <= schedule.Epochs; epoch++)
        {
            PictureView[] order = plan.Next();
            if (epoch <= state.Epoch)
                continue;
            if (schedule.Patience is { } patience && state.Best is { } best && state.Epoch - best.Epoch >= patience)
                break;
            var (trainingLoss, trainingAccuracy) = Learn(network, optimizer, loss, batch, order, epoch, whole);
            network.eval();
            double? accuracy = set.ValidationPart.Count == 0 ? null : Accuracy(network);
            state.Finish(new EpochResult(epoch, trainingLoss, accuracy, state.ElapsedBefore + clock.Elapsed) { TrainingAccuracy = trainingAccuracy }, schedule.KeepBest);
            run.Log.Info(MessageSensitivity.None, "{0}: epoch {1} of {2}, loss {3:0.0000}{4}, {5:0.0} s", stage, epoch, schedule.Epochs,
                trainingLoss, accuracy is { } share ? $", validation accuracy {share:0.000}" : "", clock.Elapsed.TotalSeconds);
            Checkpoint?.Save(state);
        }
        network.eval();
        if (schedule.KeepBest)
            state.RestoreBest();
        return new TrainingResult([.. state.History], schedule.KeepBest && state.Best is { } kept ? kept.Epoch : state.Epoch);
    }

    private (double Loss, double? Accuracy) Learn(nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, IBatchLoss loss, PixelBatch batch, PictureView[] order, int epoch, bool whole)
    {
        // A batch of one would leave batch normalisation nothing to normalise over: a lone last picture joins the batch before.
        int steps = Math.Max(1, (order.Length + schedule.BatchSize - 1) / schedule.BatchSize);
        if (schedule.BatchSize > 1 && steps > 1 && order.Length % schedule.BatchSize == 1)
            steps--;
        var mixing = new Random(unchecked(run.Seed * 31 + epoch));
        network.train();
        double total = 0;
        int seen = 0, labelled = 0, right = 0;
        for (int step = 0; step < steps; step++)
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            int from = step * schedule.BatchSize;
            PictureView[] views = order[from..(step == steps - 1 ? order.Length : from + schedule.BatchSize)];
            Views.Pixels.Prefetch([.. order.Skip(from + views.Length).Take(schedule.BatchSize).Select(view => view.Picture)]);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = schedule.RateOf((long)(epoch - 1) * steps + step, (long)schedule.Epochs * steps);
            using (NewDisposeScope())
                optimizer.zero_grad();
            StepSlice all = Mix(views, mixing);
            foreach (StepSlice slice in whole ? [all] : views.Select((_, i) => all.Slice(i, PicturesOfSlice)))
            {
                using var scope = NewDisposeScope();
                Tensor pixels = batch.Gather(slice, loss.Sees(slice));
                Tensor logits = network.call(pixels);
                Tensor value = loss.Compute(logits, slice) * ((double)slice.Views.Length / views.Length);
                value.backward();
                CountRight(logits, slice, ref labelled, ref right);
                total += value.item<float>() * views.Length;
            }
            using (NewDisposeScope())
                optimizer.step();
            seen += views.Length;
            if (!double.IsFinite(total))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"The loss is no longer a number in epoch {epoch}, step {step + 1}; lower the learning rate (now {schedule.LearningRate})."));
            run.Progress?.Report(new TrainingProgress(stage, epoch, schedule.Epochs, step + 1, steps, total / seen));
        }
        return (total / seen, labelled == 0 ? null : (double)right / labelled);
    }

    private void CountRight(Tensor logits, StepSlice slice, ref int labelled, ref int right)
    {
        if (slice.Others.Length > 0)
            return;
        ReadOnlySpan<float> values = logits.detach().to(float32).cpu().contiguous().data<float>().ToArray();
        int classes = set.Classes.Count;
        for (int i = 0; i < slice.Views.Length; i++)
        {
            if (slice.Views[i].Picture >= set.Count)
                continue;
            labelled++;
            right += ArgMax.Of(values.Slice(i * classes, classes)) == set.Labels[slice.Views[i].Picture] ? 1 : 0;
        }
    }

    // One share for a batch, each picture under the next: as the authors of mixup do it.
    private StepSlice Mix(PictureView[] views, Random random)
    {
        if (Mixup == 0)
            return new StepSlice(views, [], 1);
        double share = BetaDistribution.Sample(random, Mixup);
        return new StepSlice(views, [.. views[1..], views[0]], Math.Max(share, 1 - share));
    }

    private double Accuracy(nn.Module<Tensor, Tensor> network)
    {
        using var noGradient = no_grad();
        using var plain = new PixelBatch(new TrainingViews(set.Pixels, null, 0), normalization, run.Device, schedule.BatchSize);
        int right = 0;
        foreach (int[] rows in set.ValidationPart.Chunk(schedule.BatchSize))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            long[] predicted = network.call(plain.Gather(StepSlice.Of(rows))).argmax(1).cpu().data<long>().ToArray();
            right += rows.Where((row, i) => predicted[i] == set.Labels[row]).Count();
        }
        return (double)right / set.ValidationPart.Count;
    }
}
