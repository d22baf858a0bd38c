using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>All that training changes: the weights, the optimiser, the random state, the history, and the best weights so far.</summary>
internal sealed class TrainingState(nn.Module network, OptimizerHelper optimizer) : IDisposable
{
    private readonly List<EpochResult> _history = [];
    private byte[][]? _bestWeights;

    /// <summary>How many epochs are done.</summary>
    public int Epoch => _history.Count;

    public IReadOnlyList<EpochResult> History => _history;

    /// <summary>The epoch of the highest validation accuracy so far, the first of equals; null without a validation part.</summary>
    public EpochResult? Best => _history.Where(epoch => epoch.ValidationAccuracy is not null).MaxBy(epoch => epoch.ValidationAccuracy);

    /// <summary>The time that epochs before a stop took.</summary>
    public TimeSpan ElapsedBefore { get; private set; }

    /// <summary>Notes the end of an epoch.</summary>
    public void Finish(EpochResult epoch, bool keepBest)
    {
        _history.Add(epoch);
        if (keepBest && Best == epoch)
            _bestWeights = ReadWeights();
    }

    /// <summary>Gives the network the weights of the best epoch.</summary>
    public void RestoreBest()
    {
        if (_bestWeights is not null)
            WriteWeights(_bestWeights);
    }

    /// <summary>Writes everything.</summary>
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
        Write(writer, ReadWeights());
        Write(writer, _bestWeights ?? []);
        using Tensor random = get_rng_state();
        Write(writer, [random.bytes.ToArray()]);
        // The optimiser's own way to write itself knows no channels-last tensors.
        foreach (OptimizerState state in optimizer.state_dict().State)
        {
            writer.Write(StepsOf(state));
            Write(writer, Read(MomentsOf(state)));
        }
    }

    /// <summary>Reads everything that <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader)
    {
        int epochs = reader.ReadInt32();
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double loss = reader.ReadDouble();
            double? validation = ReadShare(), training = ReadShare();
            _history.Add(new EpochResult(epoch, loss, validation, new TimeSpan(reader.ReadInt64())) { TrainingAccuracy = training });
        }
        ElapsedBefore = _history[^1].Elapsed;
        WriteWeights(Read(reader));
        byte[][] best = Read(reader);
        _bestWeights = best.Length == 0 ? null : best;
        using (Tensor random = tensor(Read(reader)[0]))
            set_rng_state(random);
        foreach (OptimizerState state in optimizer.state_dict().State)
        {
            StepsOf(state) = reader.ReadInt64();
            Write(MomentsOf(state), Read(reader));
        }

        double? ReadShare() => reader.ReadDouble() is var share && double.IsNaN(share) ? null : share;
    }

    public void Dispose() => _bestWeights = null;

    private byte[][] ReadWeights() => Read(network.state_dict().Values);

    private void WriteWeights(byte[][] weights) => Write(network.state_dict().Values, weights);

    private static ref long StepsOf(OptimizerState state)
    {
        if (state is Adam.State adam)
            return ref adam.step;
        return ref ((AdamW.State)state).step;
    }

    private static Tensor[] MomentsOf(OptimizerState state) => state is Adam.State adam
        ? [adam.exp_avg, adam.exp_avg_sq]
        : [((AdamW.State)state).exp_avg, ((AdamW.State)state).exp_avg_sq];

    private static byte[][] Read(IEnumerable<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        return [.. tensors.Select(tensor => tensor.detach().cpu().contiguous().bytes.ToArray())];
    }

    // Copied into the tensors, which keep their own layout and device.
    private static void Write(IEnumerable<Tensor> tensors, byte[][] values)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (tensor, bytes) in tensors.Zip(values))
        {
            Tensor plain = empty(tensor.shape, tensor.dtype);
            bytes.CopyTo(plain.bytes);
            tensor.copy_(plain);
        }
    }

    private static void Write(BinaryWriter writer, byte[][] blocks)
    {
        writer.Write(blocks.Length);
        foreach (byte[] block in blocks)
        {
            writer.Write(block.Length);
            writer.Write(block);
        }
    }

    private static byte[][] Read(BinaryReader reader)
    {
        byte[][] blocks = new byte[reader.ReadInt32()][];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = reader.ReadBytes(reader.ReadInt32());
        return blocks;
    }
}
