using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace VisualSentiment.Hosting;

/// <summary>
/// Reads options from the configuration. The binder of .NET requires reflection for properties without setters, which
/// trimmed applications may lack.
/// </summary>
internal static class OptionsSection
{
    /// <summary>Sets the options that the section contains.</summary>
    /// <exception cref="InvalidOperationException">A value has the wrong type; the message has its path.</exception>
    public static void Apply(IConfiguration section, VisualSentimentOptions options)
    {
        options.ModelPath = section[nameof(options.ModelPath)] ?? options.ModelPath;
        options.MaxConcurrency = Get(section, nameof(options.MaxConcurrency), options.MaxConcurrency);
        options.QueueLimit = Get(section, nameof(options.QueueLimit), options.QueueLimit);
        options.WarmUp = Get(section, nameof(options.WarmUp), options.WarmUp);
        options.HotReload = Get(section, nameof(options.HotReload), options.HotReload);
        options.Threads = Get(section, nameof(options.Threads), options.Threads);
        IConfigurationSection limits = section.GetSection(nameof(options.Limits));
        if (!limits.GetChildren().Any())
            return;
        ImageLimits old = options.Limits ?? ImageLimits.Default;
        options.Limits = new ImageLimits
        {
            MaxMemoryBytes = Get(limits, nameof(old.MaxMemoryBytes), old.MaxMemoryBytes),
            MaxFileBytes = Get(limits, nameof(old.MaxFileBytes), old.MaxFileBytes),
            MaxPixels = Get(limits, nameof(old.MaxPixels), old.MaxPixels),
            MaxJpegScans = Get(limits, nameof(old.MaxJpegScans), old.MaxJpegScans),
        };
    }

    private static T Get<T>(IConfiguration section, string key, T current) where T : IParsable<T>
    {
        if (section[key] is not { Length: > 0 } text)
            return current;
        return T.TryParse(text, CultureInfo.InvariantCulture, out T? value) ? value
            : throw new InvalidOperationException(
                $"'{section.GetSection(key).Path}' in the configuration is '{text}'; it must be a {typeof(T).Name}.");
    }
}
