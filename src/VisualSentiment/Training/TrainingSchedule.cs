namespace VisualSentiment.Training;

/// <summary>How long and how fast a network is trained, with Adam.</summary>
internal sealed record TrainingSchedule(int Epochs, int BatchSize, double LearningRate)
{
    public IEnumerable<string> FindMistakes(string owner)
    {
        if (Epochs < 1)
            yield return $"{owner}Epochs is {Epochs}; it must be at least 1";
        if (BatchSize < 1)
            yield return $"{owner}BatchSize is {BatchSize}; it must be at least 1";
        if (!(LearningRate > 0) || double.IsInfinity(LearningRate))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{owner}LearningRate is {LearningRate}; it must be above 0 and finite");
    }
}
