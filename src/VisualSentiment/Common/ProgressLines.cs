using System.Diagnostics;

namespace VisualSentiment.Common;

/// <summary>Writes the progress of a training as lines of text.</summary>
internal sealed class ProgressLines(TextWriter writer) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last;

    public void Report(TrainingProgress value)
    {
        bool hasEpochs = !double.IsNaN(value.Loss);
        bool isLast = value.Step == value.Steps;
        lock (_gate)
        {
            TimeSpan now = _clock.Elapsed;
            if (!isLast && (hasEpochs || now - _last < Pause))
                return;
            _last = now;
            writer.WriteLine(FormattableString.Invariant($"{now:h\\:mm\\:ss}  {Describe(value.Stage)}, ")
                + (hasEpochs ? FormattableString.Invariant($"epoch {value.Epoch} of {value.Epochs}, loss {value.Loss:0.000}")
                    : FormattableString.Invariant($"{value.Step} of {value.Steps}")));
        }
    }

    private static string Describe(TrainingStage stage) => stage switch
    {
        TrainingStage.Decoding => "decoding images",
        TrainingStage.TrainingTeacher => "training the teacher",
        TrainingStage.Teaching => "computing the teacher's outputs",
        TrainingStage.PretrainingStudent => "training the student on features",
        _ => "training the student",
    };
}
