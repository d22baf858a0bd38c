using System.Globalization;
using VisualSentiment.Common;

namespace VisualSentiment;

/// <summary>
/// Options for augmenting training images. Every image has a fixed number of views, which depend only on the seed and
/// on the image's content. The student is trained on the next view in every epoch, and the teacher's logits are
/// computed on the same pixels (Beyer et al. 2022, "Knowledge distillation: A good teacher is patient and consistent").
/// </summary>
public sealed record ImageAugmentation
{
    /// <summary>Gets the number of views per image; at least 1. The teacher computes logits once per view.</summary>
    /// <value>Default: 8.</value>
    public int Views { get; init; } = 8;

    /// <summary>
    /// Gets the minimum fraction of an image's area in a random crop; above 0 and at most 1. The fraction is drawn
    /// uniformly from this value to 1, the aspect ratio between 3:4 and 4:3, and the position uniformly. The crop is
    /// resized to the square.
    /// </summary>
    /// <value>Default: 0.35.</value>
    public double MinCropArea { get; init; } = 0.35;

    /// <summary>Gets the probability of mirroring a view horizontally; from 0 to 1.</summary>
    /// <value>Default: 0.5.</value>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>
    /// Gets the strength of the color jitter; from 0 to 1. Brightness, contrast and saturation are each multiplied by a
    /// factor drawn uniformly from 1 - this value to 1 + this value. Emotions depend on color, so use small values.
    /// </summary>
    /// <value>Default: 0.1.</value>
    public double ColorJitter { get; init; } = 0.1;

    /// <summary>
    /// Gets the parameter alpha of mixup (Zhang et al. 2018), whose mixing weight is drawn from Beta(alpha, alpha); 0
    /// for no mixup. Mixed images never repeat, so the teacher's logits are computed in every step. With <see
    /// cref="Teachers.OutOfFold"/>, only images of the same fold are mixed.
    /// </summary>
    /// <value>Default: 0.</value>
    public double Mixup { get; init; }

    /// <summary>Returns the options in an invariant format. Checkpoints compare it, so it must not change.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(ImageAugmentation)} {{ {nameof(Views)} = {Views}, {nameof(MinCropArea)} = {MinCropArea}, "
        + $"{nameof(FlipProbability)} = {FlipProbability}, {nameof(ColorJitter)} = {ColorJitter}, "
        + $"{nameof(Mixup)} = {Mixup} }}");

    internal IEnumerable<string> FindErrors()
    {
        string?[] errors =
        [
            Views < 1 ? $"{nameof(Views)} is {Views}; it must be at least 1" : null,
            MinCropArea is > 0 and <= 1 ? null : FormattableString.Invariant(
                $"{nameof(MinCropArea)} is {MinCropArea}; it must be above 0 and at most 1"),
            OptionErrors.Range(nameof(FlipProbability), FlipProbability, 0, 1),
            OptionErrors.Range(nameof(ColorJitter), ColorJitter, 0, 1),
            Mixup >= 0 && double.IsFinite(Mixup) ? null
                : FormattableString.Invariant($"{nameof(Mixup)} is {Mixup}; it must be at least 0 and finite"),
        ];
        return errors.OfType<string>();
    }
}
