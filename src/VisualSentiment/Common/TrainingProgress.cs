using VisualSentiment.Common;

namespace VisualSentiment;

/// <summary>The progress of a training run.</summary>
/// <param name="Stage">The current stage.</param>
/// <param name="Epoch">The current epoch, starting at 1; 1 in stages without epochs.</param>
/// <param name="Epochs">The number of epochs of the stage; 1 in stages without epochs.</param>
/// <param name="Step">The number of steps done in this epoch.</param>
/// <param name="Steps">The number of steps per epoch.</param>
/// <param name="Loss">The mean loss of this epoch so far; NaN in stages without a loss.</param>
public readonly record struct TrainingProgress(
    TrainingStage Stage, int Epoch, int Epochs, int Step, int Steps, double Loss)
{
    /// <summary>
    /// Creates a receiver for <see cref="ImageTrainingOptions.Progress"/> that writes one line per epoch, and at most one
    /// line per ten seconds in stages without epochs.
    /// </summary>
    /// <param name="writer">The receiver of the lines; null for the console.</param>
    public static IProgress<TrainingProgress> ToConsole(TextWriter? writer = null) =>
        new ProgressLines(writer ?? Console.Out);
}

/// <summary>A stage of a training run.</summary>
public enum TrainingStage
{
    /// <summary>Decoding the training images; a step is one image.</summary>
    Decoding,

    /// <summary>Training the teacher; a step is one batch.</summary>
    TrainingTeacher,

    /// <summary>Computing the teacher's logits of the training images; a step is one image.</summary>
    Teaching,

    /// <summary>Training the student; a step is one batch.</summary>
    TrainingStudent,

    /// <summary>Pretraining the student on a backbone's features, before distillation; a step is one batch.</summary>
    PretrainingStudent,
}

/// <summary>The result of one training epoch.</summary>
/// <param name="Epoch">The number of the epoch, starting at 1.</param>
/// <param name="Loss">The mean loss over the epoch's images, measured during training.</param>
/// <param name="ValidationAccuracy">
/// The accuracy (0 to 1) on the validation images after the epoch; null if there is no validation part.
/// </param>
/// <param name="Elapsed">The time since the training of this network began.</param>
public sealed record EpochResult(int Epoch, double Loss, double? ValidationAccuracy, TimeSpan Elapsed)
{
    /// <summary>
    /// Gets the accuracy (0 to 1) on the epoch's labeled images, measured during training with dropout and
    /// augmentation; null with mixup, where images have no single label.
    /// </summary>
    public double? TrainingAccuracy { get; init; }
}
