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
/// A cursor that prefetches a bounded number of rows and decodes and scores their images on several threads. Only the
/// calling thread reads the input. Rows keep their order, and an error in a row is thrown when that row is reached.
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

    /// <summary>The number of rows read from the input.</summary>
    private long _read;
    private bool _inputEnded;
    private ExceptionDispatchInfo? _inputFailure;
    private long _position = -1;
    private bool _ended;

    /// <summary>
    /// Takes ownership of <paramref name="input"/>, a cursor over the image column and those columns of
    /// <paramref name="schema"/>, which has the added columns too, that are <paramref name="active"/>.
    /// </summary>
    public PrefetchingCursor(DataViewRowCursor input, DataViewSchema schema, bool[] active,
        DataViewSchema.Column image, PixelClassifier classifier)
    {
        _input = input;
        _active = active;
        _classifier = classifier;
        _preprocessor = new PixelPreprocessor(classifier.Fit);
        Schema = schema;
        // The calling thread also scores while it waits.
        _work = new(_threads - 1, Score);
        _ring = [.. Enumerable.Range(0, 4 * _threads).Select(_ => new PrefetchedRow(classifier.Classes.Count))];
        _columns = [.. input.Schema.Select(
            column => active[column.Index] ? PrefetchedColumn.Create(input, column, _ring.Length) : null)];
        _readImage = ImageColumn.CreateReader(input, input.Schema[image.Index])
            ?? throw new ArgumentException($"Images of type {image.Type} cannot be prefetched.", nameof(image));
        _readId = input.GetIdGetter();
    }

    public static bool CanRead(
        DataViewSchema input, bool[] active, DataViewSchema.Column image, PixelClassifier classifier) =>
        classifier.IsConcurrent && PrefetchedColumn.CanStore(image.Type)
        && input.All(column => !active[column.Index] || PrefetchedColumn.CanStore(column.Type));

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _position < 0 ? 0 : Current.Batch;

    private int Slot => _position >= 0 ? (int)(_position % _ring.Length)
        : throw new InvalidOperationException("The cursor is not on a row; call MoveNext first.");

    private PrefetchedRow Current => _ring[Slot];

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        // The row's buffers are reused.
        if (_position >= 0)
            _work.Wait(Current.Scored);
        // Prefetching grows with use, so that reading a few rows stays cheap.
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
            throw new ArgumentException($"The column '{column.Name}' is not active in this cursor.", nameof(column));
        Delegate getter = column.Index < _columns.Length ? _columns[column.Index]!.CreateGetter(() => Slot)
            : column.Index == _active.Length - 1 ? (ValueGetter<VBuffer<float>>)GetScore
            : (ValueGetter<uint>)GetPredictedLabel;
        return getter as ValueGetter<TValue> ?? throw new ArgumentException(
            $"The column '{column.Name}' has the type {column.Type}, not {typeof(TValue)}.", nameof(column));
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
            column?.Store(slot);
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

    // Key values start at 1; 0 means missing.
    private void GetPredictedLabel(ref uint destination) => destination = (uint)(ArgMax.Of(CurrentScores()) + 1);
}

/// <summary>A prefetched row.</summary>
internal sealed class PrefetchedRow(int classes)
{
    public EncodedImage Image { get; } = new();

    /// <summary>The error from reading the image; null if there was none.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    public float[] Scores { get; } = new float[classes];

    /// <summary>Completes when <see cref="Scores"/> is filled.</summary>
    public Task<bool> Scored { get; set; } = Task.FromResult(false);

    public DataViewRowId Id;

    public long Batch { get; set; }
}
