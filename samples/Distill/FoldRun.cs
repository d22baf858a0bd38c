using VisualSentiment;

namespace Distill;

/// <summary>The results of one fold of one seed.</summary>
/// <param name="Seed">The seed of the folds and of training.</param>
/// <param name="Fold">The number of the test fold, from 1.</param>
/// <param name="Report">The report, with the outcome of every test image, so that reports can be combined.</param>
internal sealed record FoldRun(int Seed, int Fold, DistillationReport Report);
