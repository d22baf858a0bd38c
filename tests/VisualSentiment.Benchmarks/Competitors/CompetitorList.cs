namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Creates competitors by the names of their types.</summary>
internal static class CompetitorList
{
    public static ICompetitor Create(string name, CompetitorSettings settings) => name switch
    {
        nameof(DecodingCompetitor) => new DecodingCompetitor(settings),
        nameof(DistillationCompetitor) => new DistillationCompetitor(settings),
        nameof(ExplainCompetitor) => new ExplainCompetitor(settings),
        nameof(MatrixProductCompetitor) => new MatrixProductCompetitor(settings),
        nameof(OneImageCompetitor) => new OneImageCompetitor(settings),
        nameof(PixelStoreCompetitor) => new PixelStoreCompetitor(settings),
        nameof(PredictManyCompetitor) => new PredictManyCompetitor(settings),
        nameof(ReadyTensorCompetitor) => new ReadyTensorCompetitor(settings),
        nameof(ScoringScaleCompetitor) => new ScoringScaleCompetitor(settings),
        nameof(StockOneImageCompetitor) => new StockOneImageCompetitor(settings),
        nameof(StockPipelineCompetitor) => new StockPipelineCompetitor(settings),
        nameof(StudentTraining) => new StudentTraining(settings),
        nameof(TextbookDistillationCompetitor) => new TextbookDistillationCompetitor(settings),
        nameof(TextbookStepCompetitor) => new TextbookStepCompetitor(settings),
        nameof(TrainingStepCompetitor) => new TrainingStepCompetitor(settings),
        nameof(TransformerCompetitor) => new TransformerCompetitor(settings),
        nameof(QuickStudent) => new QuickStudent(settings),
        _ => throw new ArgumentException($"There is no competitor '{name}'.", nameof(name)),
    };
}
