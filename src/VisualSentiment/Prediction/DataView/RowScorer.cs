using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Prediction.DataView;

/// <summary>Scores the rows that one cursor passes over: each image is decoded and scored once, and only when asked for.</summary>
/// <param name="row">The row, or cursor.</param>
/// <param name="image">Its column of images.</param>
/// <param name="classifier">What scores them.</param>
internal sealed class RowScorer(DataViewRow row, DataViewSchema.Column image, PixelClassifier classifier)
{
    private readonly PixelGetter _pixels = ImageColumn.CreateGetter(row, image, new PixelPreprocessor(classifier.Fit));
    private readonly byte[] _buffer = new byte[PixelFormat.ByteCount];
    private readonly float[] _scores = new float[classifier.Classes.Count];
    private long? _scored;

    public void GetScore(ref VBuffer<float> destination)
    {
        Update();
        var editor = VBufferEditor.Create(ref destination, _scores.Length);
        _scores.CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void GetPredictedLabel(ref uint destination)
    {
        Update();
        // Keys count from 1; 0 is a missing one.
        destination = (uint)(ArgMax.Of(_scores) + 1);
    }

    private void Update()
    {
        if (_scored == row.Position)
            return;
        _scored = null;
        _pixels(_buffer);
        classifier.Score(_buffer, 1, _scores);
        _scored = row.Position;
    }
}
