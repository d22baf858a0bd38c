using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Support;

/// <summary>The weights and input that the reference numbers were computed on: a formula of name and position.</summary>
internal static class FormulaWeights
{
    public static void Fill(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (name, tensor) in network.state_dict())
        {
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                continue;
            long count = tensor.numel();
            double fanIn = (double)count / tensor.shape[0];
            bool small = name.EndsWith("running_mean", StringComparison.Ordinal) || name.EndsWith("bias", StringComparison.Ordinal);
            bool positive = name.EndsWith("running_var", StringComparison.Ordinal) || tensor.dim() == 1;
            double scale = 2 * Math.Sqrt(3 / fanIn);
            float[] values = Values(name, count,
                small ? u => (u - 0.5) * 0.2 : positive ? u => 0.5 + u : u => (u - 0.5) * scale);
            tensor.copy_(torch.tensor(values, tensor.shape));
        }
    }

    /// <summary>The input, [1, 3, 224, 224].</summary>
    public static Tensor Input() => torch.tensor(Values("input", 3 * 224 * 224, u => u * 2 - 1), [1, 3, 224, 224]);

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        return ~crc;
    }

    private static float[] Values(string name, long count, Func<double, double> map)
    {
        uint seed = Crc32(Encoding.UTF8.GetBytes(name));
        var values = new float[count];
        Parallel.For(0, count, k =>
        {
            uint h = unchecked((uint)((ulong)k * 2654435761UL + seed));
            h ^= h >> 16;
            h = unchecked(h * 0x45d9f3b);
            h ^= h >> 16;
            values[k] = (float)map(h / 4294967296.0);
        });
        return values;
    }
}
