using System.Numerics;

namespace VisualSentiment.Common;

/// <summary>Error messages of invalid options.</summary>
internal static class OptionErrors
{
    /// <summary>The error of an option that is NaN or outside of a range; null if it is valid.</summary>
    public static string? Range<T>(string name, T value, T min, T max, string unit = "") where T : INumber<T> =>
        value >= min && value <= max ? null
            : FormattableString.Invariant($"{name} is {value}; it must be from {min} to {max}{unit}");

    /// <summary>Throws if there are errors. Nulls do not count.</summary>
    /// <exception cref="ArgumentException">There are errors; the message lists all of them.</exception>
    public static void ThrowIfAny(IEnumerable<string?> errors, string? parameter = null)
    {
        string[] found = [.. errors.OfType<string>()];
        if (found.Length > 0)
            throw new ArgumentException($"The options have {found.Length} {(found.Length == 1 ? "error" : "errors")}:"
                + string.Concat(found.Select(error => $"{Environment.NewLine}  - {error}")), parameter);
    }
}
