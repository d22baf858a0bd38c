using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Fits a network to the images of a training set; the same for teachers and students.</summary>
internal sealed class TrainingLoop(TrainingSet set, TrainingSchedule schedule, PixelNormalization normalization, TrainingStage stage, TrainingRun run)
{
    /// <summary>
    /// Whether the loss of a batch is the mean over its images, so that gradients may be added up slice by slice.
    /// Networks with batch normalization see whole batches all the same.
    /// </summary>
    public bool LossIsMeanOverImages { get; init; }

    /// <summary>The views that the network learns from; the images as they are by default.</summary>
    public TrainingViews Views { get; init; } = new(set.Pixels, null, 0);

    /// <summary>Creates the plan of what is looked at; every training image as it is by default.</summary>
    public Func<EpochPlan> Plan { get; init; } = () => new EpochPlan(set.TrainingPart, [], 0, views: 1, run.Seed);

    /// <summary>The random state that the training draws from.</summary>
    public required SeededTorch Random { get; init; }

    /// <summary>The parameter of mixup's Beta distribution; 0 for none.</summary>
    public double Mixup { get; init; }

    /// <summary>The group of an image. Only images of the same group are mixed.</summary>
    public Func<int, long> MixGroupOf { get; init; } = _ => 0;

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
        using var pause = new FinalizerPause();
        pause.BeforeStep();
        ChannelsLast.Apply(network);
        if (run.Device != DeviceType.CPU)
            network.to(run.Device);
        using var optimizer = schedule.WeightDecay == 0
            ? (TorchSharp.Modules.OptimizerHelper)optim.Adam(network.parameters(), schedule.LearningRate)
            : optim.AdamW(network.parameters(), schedule.LearningRate, weight_decay: schedule.WeightDecay);
        var counted = new LossWithAccuracy(loss, set);
        using StepGradient gradient = CreateGradient(network, counted);
        using var state = new TrainingState(network, optimizer);
        Checkpoint?.Resume(state, run);

        EpochPlan plan = Plan();
        for (int epoch = 1; epoch <= schedule.Epochs; epoch++)
        {
            ImageView[] order = plan.Next();
            if (epoch <= state.Epoch)
                continue;
            if (schedule.Patience is { } patience && state.Best is { } best && state.Epoch - best.Epoch >= patience)
                break;
            double trainingLoss = Learn(network, optimizer, gradient, pause, order, epoch);
            network.eval();
            double? accuracy = set.ValidationPart.Count == 0 ? null : Accuracy(network, pause);
            state.Finish(new EpochResult(epoch, trainingLoss, accuracy, state.ElapsedBefore + clock.Elapsed) { TrainingAccuracy = counted.TakeAccuracy() }, schedule.KeepBest);
            using (Random.Pause())
                run.Log.Info(MessageSensitivity.None, "{0}: epoch {1} of {2}, loss {3:0.0000}{4}, {5:0.0} s", stage, epoch, schedule.Epochs,
                    trainingLoss, accuracy is { } share ? $", validation accuracy {share:0.000}" : "", clock.Elapsed.TotalSeconds);
            Checkpoint?.Save(state);
        }
        network.eval();
        if (schedule.KeepBest)
            state.RestoreBest();
        return new TrainingResult([.. state.History], schedule.KeepBest && state.Best is { } kept ? kept.Epoch : state.Epoch);
    }

    // Image by image where that may be: the activations of one stay near the processor's cache.
    private StepGradient CreateGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss)
    {
        bool whole = run.Device != DeviceType.CPU || !LossIsMeanOverImages
            || network.modules().Any(module => module is TorchSharp.Modules.BatchNorm2d or TorchSharp.Modules.BatchNorm1d);
        int workers = Math.Min(get_num_threads(), schedule.BatchSize);
        PixelBatch CreateBatch(int capacity) => new(Views, normalization, run.Device, capacity);
        // A single worker is worth having where it has a backward pass of its own.
        bool several = workers > 1 || PooledConvolution.TryMatch(network) is not null;
        bool shared = !whole && (loss.AllowsPrefetch || !loss.NeedsPixels) && several && SharedNetwork.IsSafe(network);
        if (whole)
            return new BatchGradient(network, loss, () => CreateBatch(schedule.BatchSize + 1), schedule.BatchSize, run.Device);
        return shared
            ? new ParallelGradient(network, loss, () => CreateBatch(1), workers)
            : new MicroBatchGradient(network, loss, CreateBatch(1));
    }

    private double Learn(nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, StepGradient gradient, FinalizerPause pause, ImageView[] order, int epoch)
    {
        // A batch of one would leave batch normalization nothing to normalize over: a lone last image joins the batch before.
        int steps = Math.Max(1, (order.Length + schedule.BatchSize - 1) / schedule.BatchSize);
        if (schedule.BatchSize > 1 && steps > 1 && order.Length % schedule.BatchSize == 1)
            steps--;
        var mixing = new Random(unchecked(run.Seed * 31 + epoch));
        network.train();
        double total = 0;
        int seen = 0;
        MicroBatch Slice(int step) => Mix(order[(step * schedule.BatchSize)..(step == steps - 1 ? order.Length : (step + 1) * schedule.BatchSize)], mixing);
        MicroBatch? next = Slice(0);
        for (int step = 0; step < steps; step++)
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            MicroBatch current = next!.Value;
            next = step + 1 < steps ? Slice(step + 1) : null;
            Views.Pixels.Prefetch([.. order.Skip((step + 1) * schedule.BatchSize).Take(schedule.BatchSize).Select(view => view.Image)]);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = schedule.RateOf((long)(epoch - 1) * steps + step, (long)schedule.Epochs * steps);
            pause.BeforeStep();
            total += gradient.Compute(current, next);
            using (NewDisposeScope())
                optimizer.step();
            seen += current.Views.Length;
            if (!double.IsFinite(total))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"The loss is no longer a number in epoch {epoch}, step {step + 1}; lower the learning rate (now {schedule.LearningRate})."));
            using (Random.Pause())
                run.Progress?.Report(new TrainingProgress(stage, epoch, schedule.Epochs, step + 1, steps, total / seen));
        }
        return total / seen;
    }

    // One share for a batch, each image under the next of its group: as the authors of mixup do it, with one group.
    private MicroBatch Mix(ImageView[] views, Random random)
    {
        if (Mixup == 0)
            return new MicroBatch(views, [], 1);
        double share = BetaDistribution.Sample(random, Mixup);
        var others = new ImageView[views.Length];
        foreach (var group in Enumerable.Range(0, views.Length).GroupBy(i => MixGroupOf(views[i].Image)))
        {
            int[] members = [.. group];
            for (int i = 0; i < members.Length; i++)
                others[members[i]] = views[members[(i + 1) % members.Length]];
        }
        return new MicroBatch(views, others, Math.Max(share, 1 - share));
    }

    private double Accuracy(nn.Module<Tensor, Tensor> network, FinalizerPause pause)
    {
        using var noGradient = no_grad();
        using var plain = new PixelBatch(new TrainingViews(set.Pixels, null, 0), normalization, run.Device, schedule.BatchSize);
        int right = 0;
        foreach (int[] rows in set.ValidationPart.Chunk(schedule.BatchSize))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            Random.Pause().Dispose();
            pause.BeforeStep();
            using var scope = NewDisposeScope();
            long[] predicted = network.call(plain.Gather(MicroBatch.Of(rows))).argmax(1).cpu().data<long>().ToArray();
            right += rows.Where((row, i) => predicted[i] == set.Labels[row]).Count();
        }
        return (double)right / set.ValidationPart.Count;
    }
}
