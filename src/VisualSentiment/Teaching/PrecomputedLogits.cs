using System.Buffers;
using TorchSharp;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>A teacher's logits of every scheduled view, computed before the student is trained.</summary>
internal sealed class PrecomputedLogits : IDisposable
{
    private readonly Dictionary<ImageView, int> _rows;
    private readonly Tensor _logits;

    private PrecomputedLogits(Dictionary<ImageView, int> rows, float[] logits, int classes, DeviceType device)
    {
        _rows = rows;
        Logits = logits;
        _logits = tensor(logits, [rows.Count, classes], device: torch.device(device)).DetachFromDisposeScope();
    }

    /// <summary>All logits, [views, C].</summary>
    public float[] Logits { get; }

    /// <summary>Computes the logits of every view of a plan once. Without a teacher, they are zero.</summary>
    public static PrecomputedLogits Compute(PreparedTeacher? teacher, EpochPlan plan, int epochs, TrainingViews views,
        int classes, TrainingRun run)
    {
        Dictionary<ImageView, int> rows = [];
        for (int epoch = 0; epoch < epochs; epoch++)
            foreach (ImageView view in plan.Next().OrderBy(view => view.Image))
                rows.TryAdd(view, rows.Count);

        float[] logits = new float[rows.Count * classes];
        if (teacher is null)
            return new PrecomputedLogits(rows, logits, classes, run.Device);
        using var memory = ReusedMemory.Begin();
        ImageView[] scheduled = [.. rows.OrderBy(row => row.Value).Select(row => row.Key)];
        if (teacher.IsConcurrent)
            PerCore.For(scheduled.Length, ComputeRow, Report, run.CancellationToken);
        else
        {
            using var pause = new FinalizerPause();
            for (int row = 0; row < scheduled.Length; row++)
            {
                pause.BeforeStep();
                ComputeRow(row);
                Report(row);
            }
        }
        return new PrecomputedLogits(rows, logits, classes, run.Device);

        void ComputeRow(int row)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
            var pixels = views.Read(scheduled[row], buffer.AsSpan(0, PixelFormat.ByteCount));
            teacher.ComputeLogits([scheduled[row].Image], pixels, logits.AsSpan(row * classes, classes));
            ArrayPool<byte>.Shared.Return(buffer);
        }

        void Report(int row) => run.Report(TrainingStage.Teaching, row + 1, scheduled.Length);
    }

    /// <summary>Gets the logits [N, C] of views.</summary>
    public Tensor Of(ImageView[] views)
    {
        using Tensor rows = tensor(Array.ConvertAll(views, view => (long)_rows[view]));
        return _logits[rows];
    }

    public void Dispose() => _logits.Dispose();
}
