namespace VisualSentiment.Training.Gradients;

/// <summary>Computes what a step changes a network by.</summary>
internal abstract class StepGradient : IDisposable
{
    /// <summary>Leaves the gradient of the step's mean loss in the network's parameters, in place of what was there.</summary>
    /// <param name="step">What is learned from.</param>
    /// <param name="next">What the next call will be about, where that is known.</param>
    /// <returns>The loss, added up over the step's images.</returns>
    public abstract double Compute(MicroBatch step, MicroBatch? next);

    public abstract void Dispose();
}
