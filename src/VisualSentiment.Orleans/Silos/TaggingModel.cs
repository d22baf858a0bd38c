using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;

namespace VisualSentiment.Cluster.Silos;

/// <summary>The model of a silo.</summary>
/// <param name="Detector">Gets the detector.</param>
/// <param name="Fingerprint">Gets the hash of the file and of the library's version, which decide the scores.</param>
internal sealed record TaggingModel(ISentimentDetector Detector, string Fingerprint)
{
    /// <summary>The key of the detector.</summary>
    public const string Key = "tagging";

    private const int FingerprintLength = 16;

    public static TaggingModel Create(IServiceProvider provider, string path)
    {
        using FileStream file = File.OpenRead(path);
        Version version = typeof(SentimentDetector).Assembly.GetName().Version!;
        byte[] hash = SHA256.HashData([.. SHA256.HashData(file), .. System.Text.Encoding.UTF8.GetBytes($"{version}")]);
        return new TaggingModel(provider.GetRequiredKeyedService<ISentimentDetector>(Key),
            Convert.ToHexStringLower(hash)[..FingerprintLength]);
    }
}
