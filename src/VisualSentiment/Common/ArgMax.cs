namespace VisualSentiment.Common;

/// <summary>Which class wins; in one place, so that the transformer, saved models and the detector agree on ties.</summary>
internal static class ArgMax
{
    /// <summary>The index of the first largest score; -1 where no score is a number.</summary>
    public static int Of(ReadOnlySpan<float> scores)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
            if (!float.IsNaN(scores[i]) && (best < 0 || scores[i] > scores[best]))
                best = i;
        return best;
    }
}
