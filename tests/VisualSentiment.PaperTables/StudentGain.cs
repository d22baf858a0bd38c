using VisualSentiment;

namespace PaperTables;

/// <summary>The accuracy of a distilled student minus that of the same student on hard labels, paired over images.</summary>
/// <param name="Temperature">The temperature of distillation.</param>
/// <param name="Difference">The difference (-1 to 1) with its 95% interval.</param>
internal sealed record StudentGain(double Temperature, IntervalEstimate Difference);
