using System.Buffers;
using TorchSharp;
using VisualSentiment.Distillation.Losses;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Training.Gradients;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>A teacher's logits of every view that a student will see, computed before it begins.</summary>
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

    /// <summary>Asks the teacher about every view of a plan, once; null says zeros.</summary>
    public static PrecomputedLogits Compute(PreparedTeacher? teacher, EpochPlan plan, int epochs, TrainingViews views, int classes, TrainingRun run)
    {
        Dictionary<ImageView, int> rows = [];
        for (int epoch = 0; epoch < epochs; epoch++)
            foreach (ImageView view in plan.Next().OrderBy(view => view.Image))
                rows.TryAdd(view, rows.Count);

        float[] logits = new float[rows.Count * classes];
        if (teacher is null)
            return new PrecomputedLogits(rows, logits, classes, run.Device);
        using var memory = ReusedMemory.Begin();
        ImageView[] asked = [.. rows.OrderBy(row => row.Value).Select(row => row.Key)];
        void AskAbout(int row)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
            teacher.ComputeLogits([asked[row].Image], views.Read(asked[row], buffer.AsSpan(0, PixelFormat.ByteCount)), logits.AsSpan(row * classes, classes));
            ArrayPool<byte>.Shared.Return(buffer);
        }
        void Report(int row) => run.Report(TrainingStage.Teaching, row + 1, asked.Length);
        if (teacher.IsConcurrent)
            PerCore.For(asked.Length, AskAbout, Report, run.CancellationToken);
        else
        {
            using var pause = new FinalizerPause();
            for (int row = 0; row < asked.Length; row++)
            {
                pause.BeforeStep();
                AskAbout(row);
                Report(row);
            }
        }
        return new PrecomputedLogits(rows, logits, classes, run.Device);
    }

    /// <summary>The logits [N, C] of views.</summary>
    public Tensor Of(ImageView[] views)
    {
        using Tensor rows = tensor(Array.ConvertAll(views, view => (long)_rows[view]));
        return _logits[rows];
    }

    public void Dispose() => _logits.Dispose();
}
