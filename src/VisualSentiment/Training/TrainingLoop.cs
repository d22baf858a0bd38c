using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Trains a teacher or student on the images of a training set.</summary>
internal sealed class TrainingLoop(TrainingSet set, TrainingSchedule schedule, PixelNormalization normalization,
    TrainingStage stage, TrainingRun run)
{
    /// <summary>
    /// Whether the loss of a batch is the mean over its images, so that gradients may be accumulated. Networks with
    /// batch normalization get whole batches anyway.
    /// </summary>
    public bool LossIsMeanOverImages { get; init; }

    /// <summary>The views of the training images; by default, the original images.</summary>
    public TrainingViews Views { get; init; } = new(set.Pixels, null, 0);

    /// <summary>Creates the plan of the epochs; by default, every training image once per epoch.</summary>
    public Func<EpochPlan> Plan { get; init; } = () => new EpochPlan(set.TrainingPart, [], 0, views: 1, run.Seed);

    /// <summary>The random state of the training.</summary>
    public required SeededTorch Random { get; init; }

    /// <summary>The parameter of mixup's Beta distribution; 0 for no mixup.</summary>
    public double Mixup { get; init; }

    /// <summary>Gets the group of an image. Only images of the same group are mixed.</summary>
    public Func<int, long> MixGroupOf { get; init; } = _ => 0;

    /// <summary>Whether the network classifies, so that its accuracy on the validation images is measured.</summary>
    public bool MeasuresAccuracy { get; init; } = true;

    /// <summary>The file that gets the state after each epoch; null for none.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>
    /// Trains the network and measures the validation accuracy after each epoch. Leaves the network in evaluation mode
    /// with the weights of the last or the best epoch, depending on the schedule.
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
            ? (OptimizerHelper)optim.Adam(network.parameters(), schedule.LearningRate)
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
            double trainingLoss = TrainEpoch(network, optimizer, gradient, pause, order, epoch);
            network.eval();
            double? accuracy = set.ValidationPart.Count == 0 || !MeasuresAccuracy ? null : Accuracy(network, pause);
            state.Finish(new EpochResult(epoch, trainingLoss, accuracy, state.ElapsedBefore + clock.Elapsed)
            {
                TrainingAccuracy = counted.TakeAccuracy(),
            }, schedule.KeepBest);
            using (Random.Pause())
                run.Log.Info(MessageSensitivity.None, "{0}: epoch {1} of {2}, loss {3:0.0000}{4}, {5:0.0} s",
                    stage, epoch, schedule.Epochs, trainingLoss,
                    accuracy is { } share ? $", validation accuracy {share:0.000}" : "", clock.Elapsed.TotalSeconds);
            Checkpoint?.Save(state);
        }
        network.eval();
        if (schedule.KeepBest)
            state.RestoreBest();
        return new TrainingResult(
            [.. state.History], schedule.KeepBest && state.Best is { } kept ? kept.Epoch : state.Epoch);
    }

    // One image at a time if possible, because its activations fit into the processor's cache.
    private StepGradient CreateGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss)
    {
        if (run.Device != DeviceType.CPU || !LossIsMeanOverImages
            || network.modules().Any(module => module is BatchNorm2d or BatchNorm1d))
            return new BatchGradient(
                network, loss, () => CreateBatch(schedule.BatchSize + 1), schedule.BatchSize, run.Device);
        int workers = Math.Min(get_num_threads(), schedule.BatchSize);
        // Even a single worker is faster with the custom backward pass.
        bool isFaster = workers > 1 || PooledConvolution.TryMatch(network) is not null;
        return (loss.AllowsPrefetch || !loss.NeedsPixels) && isFaster && SharedNetwork.IsSafe(network)
            ? new ParallelGradient(network, loss, () => CreateBatch(1), workers)
            : new MicroBatchGradient(network, loss, CreateBatch(1));

        PixelBatch CreateBatch(int capacity) => new(Views, normalization, run.Device, capacity);
    }

    private double TrainEpoch(nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, StepGradient gradient,
        FinalizerPause pause, ImageView[] order, int epoch)
    {
        // Batch normalization needs more than one image: a single last image joins the previous batch.
        int steps = Math.Max(1, (order.Length + schedule.BatchSize - 1) / schedule.BatchSize);
        if (schedule.BatchSize > 1 && steps > 1 && order.Length % schedule.BatchSize == 1)
            steps--;
        var mixing = new Random(unchecked(run.Seed * 31 + epoch));
        network.train();
        double total = 0;
        int done = 0;
        MicroBatch? next = Batch(0);
        for (int step = 0; step < steps; step++)
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            MicroBatch current = next!.Value;
            next = step + 1 < steps ? Batch(step + 1) : null;
            Views.Pixels.Prefetch([.. order.Skip((step + 1) * schedule.BatchSize).Take(schedule.BatchSize)
                .Select(view => view.Image)]);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = schedule.RateOf((long)(epoch - 1) * steps + step, (long)schedule.Epochs * steps);
            pause.BeforeStep();
            total += gradient.Compute(current, next);
            using (NewDisposeScope())
                optimizer.step();
            done += current.Views.Length;
            if (!double.IsFinite(total))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"The loss is not finite in epoch {epoch}, step {step + 1}; "
                    + $"lower the learning rate (now {schedule.LearningRate})."));
            using (Random.Pause())
                run.Progress?.Report(
                    new TrainingProgress(stage, epoch, schedule.Epochs, step + 1, steps, total / done));
        }
        return total / done;

        MicroBatch Batch(int step) => Mix(order[(step * schedule.BatchSize)
            ..(step == steps - 1 ? order.Length : (step + 1) * schedule.BatchSize)], mixing);
    }

    // As in the mixup authors' code: one share per batch, and each image is mixed with the next one of its group.
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
        using var batch = new PixelBatch(
            new TrainingViews(set.Pixels, null, 0), normalization, run.Device, schedule.BatchSize);
        int correct = 0;
        foreach (int[] rows in set.ValidationPart.Chunk(schedule.BatchSize))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            Random.Pause().Dispose();
            pause.BeforeStep();
            using var scope = NewDisposeScope();
            long[] predicted = network.call(batch.Gather(MicroBatch.Of(rows))).argmax(1).cpu().data<long>().ToArray();
            correct += rows.Where((row, i) => predicted[i] == set.Labels[row]).Count();
        }
        return (double)correct / set.ValidationPart.Count;
    }
}

/// <summary>The metrics of each epoch, and the epoch whose weights the network has.</summary>
internal sealed record TrainingResult(IReadOnlyList<EpochResult> History, int KeptEpoch);
