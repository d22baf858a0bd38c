using Microsoft.Extensions.Options;

namespace VisualSentiment.Cluster.Silos;

internal sealed class TaggingOptionsValidator : IValidateOptions<TaggingOptions>
{
    public ValidateOptionsResult Validate(string? name, TaggingOptions options)
    {
        string?[] errors =
        [
            options.Database is not null ? null
                : $"no ledger was chosen; call {nameof(TaggingOptions.UsePostgreSql)} or "
                    + nameof(TaggingOptions.UseSqlite),
            Range(nameof(options.ShardsPerSilo), options.ShardsPerSilo, 1, 64),
            Range(nameof(options.BatchSize), options.BatchSize, 1, 1024),
            Range(nameof(options.LeaseTime), options.LeaseTime, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        ];
        string[] found = [.. errors.OfType<string>()];
        return found.Length == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{nameof(TaggingOptions)}: {string.Join("; ", found)}.");
    }

    private static string? Range<T>(string name, T value, T minimum, T maximum) where T : IComparable<T> =>
        value.CompareTo(minimum) >= 0 && value.CompareTo(maximum) <= 0 ? null
            : FormattableString.Invariant($"{name} is {value}; it must be from {minimum} to {maximum}");
}
