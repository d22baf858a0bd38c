using Microsoft.ML;

namespace VisualSentiment.Tool.Training;

/// <summary>Measures the size and speed of the trained models, for the report.</summary>
internal sealed class ModelCosts(TrainSettings settings, MLContext ml, IDataView train, IDataView test)
{
    /// <param name="teacher">The teacher.</param>
    /// <param name="trainingTime">The training time.</param>
    public ModelCost Of(TeacherTransformer teacher, TimeSpan trainingTime) => new()
    {
        Name = teacher.Name,
        Parameters = teacher.Parameters,
        // With a cache, the features of the images may already be computed.
        MillisecondsPerImage = settings.Cache is null ? Speed.Measure(ml, teacher, test, warmUp: train) : null,
        TrainingTime = trainingTime,
    };

    /// <param name="student">The student.</param>
    /// <param name="trainingTime">The training time.</param>
    /// <param name="file">The file of the student; null if it was not saved.</param>
    public ModelCost Of(SentimentTransformer student, TimeSpan trainingTime, string? file) => new()
    {
        Name = settings.Recipe.Student.Name,
        Parameters = settings.Recipe.Student.CountParameters(student.Classes.Count).Trainable,
        MultiplyAdds = settings.Recipe.Student.CountMultiplyAdds(student.Classes.Count),
        FileBytes = file is null ? null : new FileInfo(file).Length,
        MillisecondsPerImage = file is null ? null : Speed.Measure(ml, student, test, warmUp: train),
        TrainingTime = trainingTime,
    };
}
