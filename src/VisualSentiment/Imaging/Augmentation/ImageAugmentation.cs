using System.Globalization;

namespace VisualSentiment;

/// <summary>
/// How training images are varied. Every image has a fixed number of views, which depend on the seed and on what the
/// image shows and on nothing else; epoch after epoch the student sees the next of them, and the teacher is asked about the
/// very same pixels (Beyer et al. 2022, Knowledge distillation: A good teacher is patient and consistent).
/// </summary>
public sealed record ImageAugmentation
{
    /// <summary>How many views an image has; at least 1. The teacher looks at each of them once.</summary>
    /// <value>8.</value>
    public int Views { get; init; } = 8;

    /// <summary>
    /// The smallest share of an image's area that a view shows, above 0 and at most 1. The share is drawn evenly up to the
    /// whole, the shape between 3:4 and 4:3, and the place anywhere; the piece fills the square.
    /// </summary>
    /// <value>0.35.</value>
    public double MinCropArea { get; init; } = 0.35;

    /// <summary>How often a view is mirrored left to right, from 0 to 1.</summary>
    /// <value>0.5.</value>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>
    /// How far brightness, contrast and saturation stray: each is multiplied by a number drawn evenly from 1 less this to 1
    /// plus this. From 0 to 1; emotions depend on color, so little of it goes a long way.
    /// </summary>
    /// <value>0.1.</value>
    public double ColorJitter { get; init; } = 0.1;

    /// <summary>
    /// Mixup (Zhang et al. 2018): the parameter of the Beta distribution that decides how much of another image of the batch
    /// is laid over each; 0 for none. Mixed images never come again, so that the teacher is asked anew in every step.
    /// With <see cref="Teachers.OutOfFold"/>, images of the same fold are mixed.
    /// </summary>
    /// <value>0.</value>
    public double Mixup { get; init; }

    /// <summary>The options by name, the same in every culture, because checkpoints compare them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(ImageAugmentation)} {{ {nameof(Views)} = {Views}, {nameof(MinCropArea)} = {MinCropArea}, "
        + $"{nameof(FlipProbability)} = {FlipProbability}, {nameof(ColorJitter)} = {ColorJitter}, {nameof(Mixup)} = {Mixup} }}");

    internal IEnumerable<string> FindErrors()
    {
        if (Views < 1)
            yield return $"{nameof(Views)} is {Views}; it must be at least 1";
        if (MinCropArea is not (> 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(MinCropArea)} is {MinCropArea}; it must be above 0 and at most 1");
        if (FlipProbability is not (>= 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(FlipProbability)} is {FlipProbability}; it must be from 0 to 1");
        if (ColorJitter is not (>= 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(ColorJitter)} is {ColorJitter}; it must be from 0 to 1");
        if (!(Mixup >= 0) || double.IsInfinity(Mixup))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Mixup)} is {Mixup}; it must be at least 0 and finite");
    }
}
