using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Prediction.DataView;

/// <summary>
/// A cursor over rows with their scores that reads a bounded number of rows ahead, so that their images are decoded and
/// scored on several threads. The input is only touched by the thread that drives the cursor; rows keep their order, and
/// what goes wrong with a row is thrown where that row is.
/// </summary>
internal sealed class PrefetchingCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _input;
    private readonly bool[] _active;
    private readonly PixelClassifier _classifier;
    private readonly PixelPreprocessor _preprocessor;
    private readonly int _threads = Environment.ProcessorCount;
    private readonly ParallelWork<PrefetchedRow, bool> _work;
    private readonly PrefetchedRow[] _ring;
    private readonly PrefetchedColumn?[] _columns;
    private readonly Action<EncodedImage> _readImage;
    private readonly ValueGetter<DataViewRowId> _readId;

    /// <summary>Rows that were taken from the input.</summary>
    private long _read;
    private bool _inputEnded;
    private ExceptionDispatchInfo? _inputFailure;
    private long _position = -1;
    private bool _ended;

    /// <param name="input">A cursor in which the image column and the active input columns are active. It is owned.</param>
    /// <param name="schema">The schema with the added columns.</param>
    /// <param name="active">Which of its columns are wanted.</param>
    /// <param name="image">The column of images.</param>
    /// <param name="classifier">What scores them.</param>
    public PrefetchingCursor(
        DataViewRowCursor input, DataViewSchema schema, bool[] active, DataViewSchema.Column image, PixelClassifier classifier)
    {
        _input = input;
        _active = active;
        _classifier = classifier;
        _preprocessor = new PixelPreprocessor(classifier.Fit);
        Schema = schema;
        // The thread that drives the cursor is one of those that work.
        _work = new(_threads - 1, Score);
        _ring = [.. Enumerable.Range(0, 4 * _threads).Select(_ => new PrefetchedRow(classifier.Classes.Count))];
        _columns = [.. input.Schema.Select(c => active[c.Index] ? PrefetchedColumn.Create(input, c, _ring.Length) : null)];
        _readImage = ImageColumn.CreateReader(input, input.Schema[image.Index])
            ?? throw new ArgumentException($"images of {image.Type} cannot be read ahead", nameof(image));
        _readId = input.GetIdGetter();
    }

    /// <summary>Whether rows can be read ahead: every value that is wanted of them can be kept.</summary>
    public static bool CanRead(DataViewSchema input, bool[] active, DataViewSchema.Column image, PixelClassifier classifier) =>
        classifier.IsConcurrent && PrefetchedColumn.CanKeep(image.Type) && input.All(c => !active[c.Index] || PrefetchedColumn.CanKeep(c.Type));

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _position < 0 ? 0 : Current.Batch;

    private int Slot => _position >= 0 ? (int)(_position % _ring.Length)
        : throw new InvalidOperationException("the cursor is not on a row; call MoveNext");

    private PrefetchedRow Current => _ring[Slot];

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        // Its buffers are used again.
        if (_position >= 0)
            _work.Wait(Current.Scored);
        // Who looks at a few rows does not pay for many: the look-ahead grows with the rows that are taken.
        long ahead = Math.Min(_ring.Length, _threads + _position + 1);
        while (_read - (_position + 1) < ahead && TryRead())
        {
        }
        if (_position + 1 < _read)
        {
            _position++;
            return true;
        }
        _ended = true;
        _position = -1;
        _inputFailure?.Throw();
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active[column.Index])
            throw new ArgumentException($"the column '{column.Name}' is not active in this cursor", nameof(column));
        Delegate getter = column.Index < _columns.Length ? _columns[column.Index]!.CreateGetter(() => Slot)
            : column.Index == _active.Length - 1 ? (ValueGetter<VBuffer<float>>)GetScore
            : (ValueGetter<uint>)GetPredictedLabel;
        return getter as ValueGetter<TValue>
            ?? throw new ArgumentException($"the column '{column.Name}' is {column.Type}, not {typeof(TValue)}", nameof(column));
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = Current.Id;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended = true;
            _position = -1;
            _work.Stop().Idle.GetAwaiter().GetResult();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool TryRead()
    {
        try
        {
            if (_inputEnded || !_input.MoveNext())
            {
                _inputEnded = true;
                return false;
            }
        }
        catch (Exception e)
        {
            _inputEnded = true;
            _inputFailure = ExceptionDispatchInfo.Capture(e);
            return false;
        }
        int slot = (int)(_read++ % _ring.Length);
        var row = _ring[slot];
        foreach (var column in _columns)
            column?.Keep(slot);
        _readId(ref row.Id);
        row.Batch = _input.Batch;
        row.Failure = null;
        try
        {
            _readImage(row.Image);
        }
        catch (Exception e)
        {
            row.Failure = ExceptionDispatchInfo.Capture(e);
        }
        row.Scored = _work.Post(row);
        return true;
    }

    private bool Score(PrefetchedRow row)
    {
        row.Failure?.Throw();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            var pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            row.Image.Decode(_preprocessor, pixels);
            _classifier.Score(pixels, 1, row.Scores);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ReadOnlySpan<float> CurrentScores()
    {
        var row = Current;
        _work.Wait(row.Scored);
        row.Scored.GetAwaiter().GetResult();
        return row.Scores;
    }

    private void GetScore(ref VBuffer<float> destination)
    {
        var scores = CurrentScores();
        var editor = VBufferEditor.Create(ref destination, scores.Length);
        scores.CopyTo(editor.Values);
        destination = editor.Commit();
    }

    // Keys count from 1; 0 is a missing one.
    private void GetPredictedLabel(ref uint destination) => destination = (uint)(ArgMax.Of(CurrentScores()) + 1);
}
