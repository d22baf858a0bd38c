namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>The versions whose defects are worked around in this folder. With others, check each file for whether it is still needed.</summary>
internal static class AffectedVersions
{
    public const string TorchSharp = "0.107.0", LibTorch = "2.10.0";
}
