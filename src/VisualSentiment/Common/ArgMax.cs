namespace VisualSentiment.Common;

/// <summary>Finds the predicted class; every part of the library resolves ties in the same way.</summary>
internal static class ArgMax
{
    /// <summary>The index of the first maximum; -1 if all scores are NaN.</summary>
    public static int Of(ReadOnlySpan<float> scores)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
            if (!float.IsNaN(scores[i]) && (best < 0 || scores[i] > scores[best]))
                best = i;
        return best;
    }
}
