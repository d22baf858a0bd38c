namespace VisualSentiment;

/// <summary>A curve, or one kind of point among categories. Series of one name share colour and entry in the legend.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points. Those that are not finite are left out.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points)
{
    /// <summary>Whether the line is dashed.</summary>
    /// <value>false.</value>
    public bool Dashed { get; init; }

    /// <summary>
    /// The position of its colour and marker among the plot's, from 0; series that belong together can share one. -1 is a grey line
    /// without markers, for what others are compared with.
    /// </summary>
    /// <value>null: the next one, in the order of names.</value>
    public int? Color { get; init; }
}
