using VisualSentiment;

namespace Distill;

/// <summary>One fold of one seed: its test images, and what teacher, student and student on hard labels made of them.</summary>
/// <param name="Seed">The seed of the folds and of the trainings.</param>
/// <param name="Fold">Which of the folds was tested on, from 1.</param>
/// <param name="Report">The figures, and the outcome of every test, from which reports over several runs are made.</param>
internal sealed record FoldRun(int Seed, int Fold, DistillationReport Report);
