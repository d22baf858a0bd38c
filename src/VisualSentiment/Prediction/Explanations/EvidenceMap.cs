using System.Drawing;
using VisualSentiment.Common;
using VisualSentiment.Inference;
using VisualSentiment.Prediction.Explanations;

namespace VisualSentiment;

/// <summary>
/// The evidence of image regions for each emotion. The student's head, which is all layers after the global average
/// pooling, is applied to each cell of a grid over the image (at most 14 x 14) instead of to the average over all cells
/// (Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", for one dense layer). The evidence of a
/// cell is the logit of an image whose features are everywhere those of the cell. Gradients are not used.
/// </summary>
/// <remarks>
/// If the head is one dense layer, the mean of an emotion's evidence over all cells is its logit, up to the rounding of
/// 32-bit floats. With several layers and activations between them, as in <see cref="Students.Paper"/>, the mean is
/// close to the logit. The evidence of an ensemble is the average of the evidence of its students.
/// </remarks>
public sealed class EvidenceMap
{
    private readonly EvidenceGrid _grid;
    private readonly string[] _emotions;
    private readonly ExplainedImage _image;

    internal EvidenceMap(SentimentPrediction prediction, EvidenceGrid grid, RectangleF area, ExplainedImage image)
    {
        Prediction = prediction;
        _emotions = [.. prediction.Scores.Keys];
        _grid = grid;
        Area = area;
        _image = image;
    }

    /// <summary>Gets the prediction for the whole image.</summary>
    public SentimentPrediction Prediction { get; }

    /// <summary>Gets the number of columns of the grid.</summary>
    public int Width => _grid.Width;

    /// <summary>Gets the number of rows of the grid.</summary>
    public int Height => _grid.Height;

    /// <summary>
    /// Gets the area of the grid, in fractions (0 to 1) of the width and height of the image as shown: all of the
    /// image, or the centered square of a student with <see cref="ImageFit.CenterCrop"/>.
    /// </summary>
    public RectangleF Area { get; }

    /// <summary>Gets the evidence for an emotion in each cell, in logits, row by row from the top.</summary>
    /// <param name="emotion">One of the model's classes.</param>
    /// <exception cref="ArgumentException">The model has no such class; the message lists its classes.</exception>
    public IReadOnlyList<float> this[string emotion] => _grid.Of(IndexOf(emotion)).ToArray();

    /// <summary>
    /// Computes the evidence for an emotion minus the mean evidence for all emotions in the same cell, in logits, row
    /// by row from the top. A cell above zero is evidence for the emotion, a cell below zero against it. Probabilities
    /// depend only on such differences.
    /// </summary>
    /// <inheritdoc cref="this[string]"/>
    public IReadOnlyList<float> Contrast(string emotion) => ContrastOf(IndexOf(emotion));

    /// <summary>
    /// Finds the rectangle of cells with the largest sum of <see cref="Contrast"/> minus a threshold halfway between
    /// its mean and its maximum. It is the whole <see cref="Area"/> if all cells are equal.
    /// </summary>
    /// <param name="emotion">One of the model's classes; null for the predicted one.</param>
    /// <returns>
    /// The rectangle in fractions (0 to 1) of the width and height of the image as shown, with EXIF orientation and
    /// without cropping.
    /// </returns>
    /// <exception cref="ArgumentException">The model has no such class; the message lists its classes.</exception>
    public RectangleF StrongestRegion(string? emotion = null)
    {
        Rectangle cells = StrongestRectangle.Find(ContrastOf(IndexOf(emotion ?? Prediction.Emotion)), Width);
        return new RectangleF(Area.X + Area.Width * cells.X / Width, Area.Y + Area.Height * cells.Y / Height,
            Area.Width * cells.Width / Width, Area.Height * cells.Height / Height);
    }

    /// <summary>
    /// Draws the evidence for an emotion as a heat map over the image in gray: a PNG with at most 1,600 pixels per
    /// side. The colors from violet to light yellow are <see cref="Contrast"/> from 0 to its maximum over all emotions
    /// and cells. An emotion without evidence leaves the image gray.
    /// </summary>
    /// <param name="emotion">One of the model's classes; null for the predicted one.</param>
    /// <returns>The bytes of the PNG.</returns>
    /// <exception cref="ArgumentException">The model has no such class; the message lists its classes.</exception>
    /// <exception cref="UnreadableImageException">The image is a file that cannot be read anymore.</exception>
    public byte[] ToOverlay(string? emotion = null)
    {
        int index = IndexOf(emotion ?? Prediction.Emotion);
        float max = Enumerable.Range(0, _emotions.Length).Max(i => ContrastOf(i).Max());
        float[] heat = [.. ContrastOf(index).Select(contrast => max > 0 ? Math.Clamp(contrast / max, 0, 1) : 0)];
        return EvidenceOverlay.Draw(_image, heat, Width, Area);
    }

    /// <summary>Writes <see cref="ToOverlay"/> to a file. If writing fails, an existing file is unchanged.</summary>
    /// <param name="path">The path of the file, which is replaced if it exists.</param>
    /// <param name="emotion">One of the model's classes; null for the predicted one.</param>
    /// <inheritdoc cref="ToOverlay" path="/exception"/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveOverlay(string path, string? emotion = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => stream.Write(ToOverlay(emotion)));
    }

    /// <summary>Returns the prediction and the size of the grid.</summary>
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
        return index >= 0 ? index : throw new ArgumentException(
            $"There is no emotion '{emotion}'; the emotions are {string.Join(", ", _emotions)}.", nameof(emotion));
    }
}
