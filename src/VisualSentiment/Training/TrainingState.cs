using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>
/// Everything that training changes: weights, optimizer, random state, history, and the best weights so far.
/// </summary>
internal sealed class TrainingState(nn.Module network, OptimizerHelper optimizer) : IDisposable
{
    private readonly List<EpochResult> _history = [];
    private Tensor[]? _bestWeights;

    /// <summary>The number of completed epochs.</summary>
    public int Epoch => _history.Count;

    public IReadOnlyList<EpochResult> History => _history;

    /// <summary>The first epoch with the highest validation accuracy; null without a validation part.</summary>
    public EpochResult? Best => _history.Where(epoch => epoch.ValidationAccuracy is not null)
        .MaxBy(epoch => epoch.ValidationAccuracy);

    /// <summary>The training time before the run was resumed.</summary>
    public TimeSpan ElapsedBefore { get; private set; }

    public void Finish(EpochResult epoch, bool keepBest)
    {
        _history.Add(epoch);
        if (keepBest && Best == epoch)
            Copy(Weights, BestWeights());
    }

    public void RestoreBest()
    {
        if (_bestWeights is not null)
            Copy(_bestWeights, Weights);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_history.Count);
        foreach (EpochResult epoch in _history)
        {
            writer.Write(epoch.Loss);
            writer.Write(epoch.ValidationAccuracy ?? double.NaN);
            writer.Write(epoch.TrainingAccuracy ?? double.NaN);
            writer.Write(epoch.Elapsed.Ticks);
        }
        Write(writer, Weights);
        writer.Write(_bestWeights is not null);
        Write(writer, _bestWeights ?? []);
        using Tensor random = get_rng_state();
        writer.Write(random.numel());
        TensorBytes.Write(writer, random);
        // TorchSharp's own serialization of optimizers does not support channels-last tensors.
        foreach (OptimizerState state in optimizer.state_dict().State)
        {
            writer.Write(StepsOf(state));
            Write(writer, MomentsOf(state));
        }
    }

    public void Load(BinaryReader reader)
    {
        int epochs = reader.ReadInt32();
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double loss = reader.ReadDouble();
            double? validation = ReadShare(), training = ReadShare();
            _history.Add(new EpochResult(epoch, loss, validation, new TimeSpan(reader.ReadInt64()))
            {
                TrainingAccuracy = training,
            });
        }
        ElapsedBefore = _history[^1].Elapsed;
        Read(reader, Weights);
        if (reader.ReadBoolean())
            Read(reader, BestWeights());
        using (Tensor random = empty(reader.ReadInt64(), ScalarType.Byte))
        {
            TensorBytes.Read(reader, random);
            set_rng_state(random);
        }
        foreach (OptimizerState state in optimizer.state_dict().State)
        {
            StepsOf(state) = reader.ReadInt64();
            Read(reader, MomentsOf(state));
        }

        double? ReadShare() => reader.ReadDouble() is var share && double.IsNaN(share) ? null : share;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _bestWeights ?? [])
            tensor.Dispose();
        _bestWeights = null;
    }

    private IEnumerable<Tensor> Weights => network.state_dict().Values;

    // On the CPU, which has more memory than a GPU.
    private Tensor[] BestWeights() => _bestWeights ??=
        [.. Weights.Select(tensor => empty(tensor.shape, tensor.dtype).DetachFromDisposeScope())];

    private static ref long StepsOf(OptimizerState state)
    {
        if (state is Adam.State adam)
            return ref adam.step;
        return ref ((AdamW.State)state).step;
    }

    private static Tensor[] MomentsOf(OptimizerState state) => state is Adam.State adam
        ? [adam.exp_avg, adam.exp_avg_sq]
        : [((AdamW.State)state).exp_avg, ((AdamW.State)state).exp_avg_sq];

    private static void Copy(IEnumerable<Tensor> from, IEnumerable<Tensor> to)
    {
        using var noGradient = no_grad();
        foreach (var (source, target) in from.Zip(to))
            target.copy_(source);
    }

    private static void Write(BinaryWriter writer, IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            TensorBytes.Write(writer, tensor);
    }

    private static void Read(BinaryReader reader, IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            TensorBytes.Read(reader, tensor);
    }
}
