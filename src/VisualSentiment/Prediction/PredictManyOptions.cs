namespace VisualSentiment;

/// <summary>Options of <c>PredictMany</c> and <c>PredictManyAsync</c>.</summary>
public sealed record PredictManyOptions
{
    /// <summary>Gets the maximum number of images in progress, each on one thread; from 1 to 1024.</summary>
    /// <value>Default: the number of processors.</value>
    public int MaxParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Gets the maximum number of images that are taken from the source before their results are requested; from
    /// <see cref="MaxParallelism"/> to 65536. Memory grows with it, not with the number of images.
    /// </summary>
    /// <value>Default: null, which is four times <see cref="MaxParallelism"/>.</value>
    public int? LookAhead { get; init; }

    /// <summary>
    /// Gets whether streams stay open. If false, each stream that was taken from the source is disposed after it was
    /// read, or when the enumeration ends.
    /// </summary>
    /// <value>Default: false.</value>
    public bool LeaveStreamsOpen { get; init; }

    internal int Capacity => LookAhead ?? 4 * MaxParallelism;

    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    internal void Validate(string parameter)
    {
        List<string> errors = [];
        if (MaxParallelism is < 1 or > 1024)
            errors.Add(FormattableString.Invariant(
                $"{nameof(MaxParallelism)} is {MaxParallelism}; it must be from 1 to 1024"));
        if (LookAhead is < 1 or > 65536)
            errors.Add(FormattableString.Invariant($"{nameof(LookAhead)} is {LookAhead}; it must be from 1 to 65536"));
        else if (LookAhead < MaxParallelism && errors.Count == 0)
            errors.Add($"{nameof(LookAhead)} is {LookAhead}; it must be at least "
                + $"{nameof(MaxParallelism)}, which is {MaxParallelism}");
        if (errors.Count > 0)
            throw new ArgumentException(string.Join("; ", errors), parameter);
    }
}
