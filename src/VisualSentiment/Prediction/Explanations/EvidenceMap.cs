using System.Drawing;
using VisualSentiment.Common;
using VisualSentiment.Inference;
using VisualSentiment.Prediction.Explanations;

namespace VisualSentiment;

/// <summary>
/// Which regions of an image speak for which emotion. The student's head, all of its layers behind the global average pooling,
/// is applied to every cell of a grid over the image (at most 14 x 14) instead of to the average over the whole of it
/// (Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", for one dense layer): a cell's evidence is the
/// logit that an image would get that looks everywhere as this cell does. Nothing is estimated from gradients.
/// </summary>
/// <remarks>
/// Where the head is one dense layer, the mean of an emotion's evidence over all cells is its logit, to the rounding of 32-bit
/// floats. Where it has several with activations between them, such as in <see cref="Students.Paper"/>, the mean is near the
/// logit but not the same. Of an ensemble, the evidence is the average of its students'.
/// </remarks>
public sealed class EvidenceMap
{
    private readonly EvidenceGrid _grid;
    private readonly string[] _emotions;
    private readonly RectangleF _seen;
    private readonly ExplainedImage _image;

    internal EvidenceMap(SentimentPrediction prediction, EvidenceGrid grid, RectangleF seen, ExplainedImage image)
    {
        Prediction = prediction;
        _emotions = [.. prediction.Scores.Keys];
        _grid = grid;
        _seen = seen;
        _image = image;
    }

    /// <summary>What the student says of the whole image.</summary>
    public SentimentPrediction Prediction { get; }

    /// <summary>Cells from left to right.</summary>
    public int Width => _grid.Width;

    /// <summary>Cells from top to bottom.</summary>
    public int Height => _grid.Height;

    /// <summary>
    /// The part of the image that the cells divide evenly, in fractions (0 to 1) of its width and height as it is shown: all of
    /// it, or the centerd square of a student with <see cref="ImageFit.CenterCrop"/>.
    /// </summary>
    public RectangleF Area => _seen;

    /// <summary>An emotion's evidence in every cell, in logits, row by row from the top: <see cref="Height"/> x <see cref="Width"/> numbers.</summary>
    /// <param name="emotion">One of the model's classes.</param>
    /// <exception cref="ArgumentException">It is none; the message lists them.</exception>
    public IReadOnlyList<float> this[string emotion] => _grid.Of(IndexOf(emotion)).ToArray();

    /// <summary>
    /// An emotion's evidence in every cell less the mean of all emotions' there, in logits, row by row from the top. Above zero a
    /// cell speaks for the emotion, below it against. Probabilities depend on such differences alone: what a student adds to all
    /// logits of a cell says nothing.
    /// </summary>
    /// <inheritdoc cref="this[string]"/>
    public IReadOnlyList<float> Contrast(string emotion) => ContrastOf(IndexOf(emotion));

    /// <summary>
    /// The rectangle with the most evidence for an emotion, in fractions (0 to 1) of the image's width and height as it is shown,
    /// EXIF orientation and cropping accounted for: the rectangle of cells over which <see cref="Contrast"/>, less the middle
    /// between its mean and its maximum, adds up to most; the whole <see cref="Area"/> where all cells say the same.
    /// </summary>
    /// <param name="emotion">One of the model's classes; null for the predicted one.</param>
    /// <exception cref="ArgumentException">It is none; the message lists them.</exception>
    public RectangleF StrongestRegion(string? emotion = null)
    {
        Rectangle cells = StrongestRectangle.Find(ContrastOf(IndexOf(emotion ?? Prediction.Emotion)), Width);
        return new RectangleF(_seen.X + _seen.Width * cells.X / Width, _seen.Y + _seen.Height * cells.Y / Height,
            _seen.Width * cells.Width / Width, _seen.Height * cells.Height / Height);
    }

    /// <summary>
    /// The image in grey with an emotion's evidence as heat over it, a PNG of at most 1,600 pixels a side: from violet to light yellow,
    /// where <see cref="Contrast"/> rises from 0 to the largest that any emotion has anywhere in the image. An emotion that nothing
    /// speaks for leaves the image grey.
    /// </summary>
    /// <param name="emotion">One of the model's classes; null for the predicted one.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ArgumentException">There is no such emotion; the message lists them.</exception>
    /// <exception cref="UnreadableImageException">The image was a file that cannot be read any more.</exception>
    public byte[] ToOverlay(string? emotion = null)
    {
        int index = IndexOf(emotion ?? Prediction.Emotion);
        float most = Enumerable.Range(0, _emotions.Length).Max(i => ContrastOf(i).Max());
        float[] heat = [.. ContrastOf(index).Select(contrast => most > 0 ? Math.Clamp(contrast / most, 0, 1) : 0)];
        return EvidenceOverlay.Draw(_image, heat, Width, _seen);
    }

    /// <summary>Writes <see cref="ToOverlay"/> as a file, which appears complete or not at all.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <param name="emotion">One of the model's classes; null for the predicted one.</param>
    /// <inheritdoc cref="ToOverlay" path="/exception"/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveOverlay(string path, string? emotion = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => stream.Write(ToOverlay(emotion)));
    }

    /// <summary>What is predicted, and the size of the grid.</summary>
    public override string ToString() => $"{Prediction}, {Width} x {Height} cells";

    private float[] ContrastOf(int index)
    {
        float[] contrast = _grid.Of(index).ToArray();
        for (int cell = 0; cell < contrast.Length; cell++)
        {
            double sum = 0;
            for (int i = 0; i < _emotions.Length; i++)
                sum += _grid.Values[i * _grid.Cells + cell];
            contrast[cell] -= (float)(sum / _emotions.Length);
        }
        return contrast;
    }

    private int IndexOf(string emotion)
    {
        int index = Array.IndexOf(_emotions, emotion);
        return index >= 0 ? index
            : throw new ArgumentException($"'{emotion}' is none of the emotions {string.Join(", ", _emotions)}", nameof(emotion));
    }
}
