using Microsoft.ML;

namespace VisualSentiment.Tool.Training;

/// <summary>Measures the size and speed of the trained models, for the report.</summary>
internal sealed class ModelCosts(
    TrainSettings settings, MLContext ml, IDataView train, IDataView test, CancellationToken cancellation)
{
    /// <param name="teacher">The teacher.</param>
    /// <param name="trainingTime">The training time.</param>
    public ModelCost Of(TeacherTransformer teacher, TimeSpan trainingTime) => new()
    {
        Name = teacher.Name,
        Parameters = teacher.Parameters,
        // With a cache, the features of the images may already be computed.
        MillisecondsPerImage = settings.Cache is null ? Measure(teacher) : null,
        TrainingTime = trainingTime,
    };

    /// <param name="network">The student before the training.</param>
    /// <param name="student">The trained student.</param>
    /// <param name="trainingTime">The training time.</param>
    /// <param name="file">The file of the student; null if it was not saved.</param>
    public ModelCost Of(Student network, SentimentTransformer student, TimeSpan trainingTime, string? file) => new()
    {
        Name = network.Name,
        Parameters = network.CountParameters(student.Classes.Count).Trainable,
        MultiplyAdds = network.CountMultiplyAdds(student.Classes.Count),
        FileBytes = file is null ? null : new FileInfo(file).Length,
        MillisecondsPerImage = file is null ? null : Measure(student),
        TrainingTime = trainingTime,
    };

    private double Measure(ITransformer model) => Speed.Measure(ml, model, test, warmUp: train, cancellation);
}
