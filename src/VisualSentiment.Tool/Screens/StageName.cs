
namespace VisualSentiment.Tool.Screens;

/// <summary>The name of the current stage.</summary>
internal static class StageName
{
    public static string Of(TrainingProgress progress)
    {
        string stage = progress.Stage switch
        {
            TrainingStage.Decoding => "decoding",
            TrainingStage.TrainingTeacher => "teacher",
            TrainingStage.Teaching => "teacher outputs",
            TrainingStage.PretrainingStudent => "features",
            _ => "student",
        };
        return progress.Epochs > 1 ? $"{stage}, epoch {progress.Epoch} of {progress.Epochs}" : stage;
    }
}
