using VisualSentiment;

namespace Samples;

/// <summary>What a run is busy with, in words.</summary>
internal static class StageName
{
    public static string Of(TrainingProgress progress)
    {
        string stage = progress.Stage switch
        {
            TrainingStage.Decoding => "decoding",
            TrainingStage.TrainingTeacher => "teacher",
            TrainingStage.Teaching => "asking teacher",
            _ => "student",
        };
        return progress.Epochs > 1 ? $"{stage}, epoch {progress.Epoch} of {progress.Epochs}" : stage;
    }
}
