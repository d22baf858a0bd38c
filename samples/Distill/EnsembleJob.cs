using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment;

namespace Distill;

/// <summary>An ensemble of students that are distilled from one teacher with different seeds.</summary>
internal sealed class EnsembleJob(DistillSettings settings, Student distilled, CancellationToken cancellation)
{
    private const int TimedImages = 200;

    /// <summary>Distills the other students, writes the ensemble beside the student, and compares them.</summary>
    public EnsembleReport Run(SentimentTransformer student, Teacher teacher, IDataView train, IDataView test)
    {
        List<SentimentTransformer> others = [];
        try
        {
            for (int i = 1; i < settings.Ensemble; i++)
            {
                var trainers = new Trainers(new MLContext(settings.Seed + i), settings, distilled, cancellation);
                others.Add(TrainingDisplay.Run($"Student ({trainers.StudentName}), distilled, seed {settings.Seed + i}", progress => trainers.ForStudent(progress, teacher, settings.Temperature).Fit(train)));
            }
            using SentimentTransformer ensemble = SentimentTransformer.Ensemble([student, .. others]);
            string one = Path.Combine(settings.Output, "sentiment.onnx"), all = Path.Combine(settings.Output, EnsembleReport.FileName);
            ensemble.SaveAsOnnx(all);
            var (oneTime, allTime) = Time(one, all, [.. test.GetColumn<string>("ImagePath").Take(TimedImages)]);
            return new EnsembleReport([.. others.Prepend(student).Select(member => Accuracy(member, test))], Accuracy(ensemble, test), oneTime, allTime,
                new FileInfo(one).Length, new FileInfo(all).Length);
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
    }

    private static double Accuracy(SentimentTransformer student, IDataView test) =>
        new MLContext().MulticlassClassification.Evaluate(student.Transform(test)).MicroAccuracy;

    private static (double One, double All) Time(string one, string all, string[] images)
    {
        using SentimentDetector student = SentimentDetector.Load(one), ensemble = SentimentDetector.Load(all);
        List<double> oneTimes = [], allTimes = [];
        foreach (string image in images)
        {
            oneTimes.Add(Milliseconds(student, image));
            allTimes.Add(Milliseconds(ensemble, image));
        }
        return (Median(oneTimes), Median(allTimes));
    }

    private static double Milliseconds(SentimentDetector detector, string image)
    {
        long start = Stopwatch.GetTimestamp();
        detector.Predict(image);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
