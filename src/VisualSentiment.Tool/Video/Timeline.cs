namespace VisualSentiment.Tool.Video;

/// <summary>
/// Probabilities over time. After <see cref="MaxPoints"/> points, each pair becomes its average, so that memory does
/// not grow with time.
/// </summary>
internal sealed class Timeline(IReadOnlyList<string> classes)
{
    public const int MaxPoints = 1024;

    private readonly List<(double Time, float[] Probabilities)> _points = [];
    private readonly double[] _sums = new double[classes.Count];
    private readonly float[] _group = new float[classes.Count];
    private int _frames, _inGroup, _groupSize = 1;
    private double _groupTime;

    public IReadOnlyList<string> Classes => classes;

    public IReadOnlyList<(double Time, float[] Probabilities)> Points => _points;

    /// <summary>Gets the time of the first frame.</summary>
    public double Start { get; private set; }

    /// <summary>Gets the time of the last frame.</summary>
    public double End { get; private set; }

    /// <summary>Gets the mean probability of each class.</summary>
    public IReadOnlyList<double> Means => [.. _sums.Select(sum => sum / _frames)];

    public void Add(double time, IReadOnlyList<float> probabilities)
    {
        Start = _frames == 0 ? time : Start;
        End = time;
        _frames++;
        _inGroup++;
        _groupTime += time / _groupSize;
        for (int i = 0; i < _group.Length; i++)
        {
            _sums[i] += probabilities[i];
            _group[i] += probabilities[i] / _groupSize;
        }
        if (_inGroup < _groupSize)
            return;
        _points.Add((_groupTime, [.. _group]));
        Array.Clear(_group);
        (_inGroup, _groupTime) = (0, 0);
        if (_points.Count == MaxPoints)
            MergePairs();
    }

    private void MergePairs()
    {
        for (int i = 0; i < MaxPoints / 2; i++)
        {
            var (first, second) = (_points[2 * i], _points[2 * i + 1]);
            _points[i] = ((first.Time + second.Time) / 2,
                [.. first.Probabilities.Zip(second.Probabilities, (a, b) => (a + b) / 2)]);
        }
        _points.RemoveRange(MaxPoints / 2, MaxPoints / 2);
        _groupSize *= 2;
    }
}
