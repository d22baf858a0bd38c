using Microsoft.Extensions.Options;
using VisualSentiment.Common;

namespace VisualSentiment.Hosting;

internal sealed class OptionsValidator : IValidateOptions<VisualSentimentOptions>
{
    public ValidateOptionsResult Validate(string? name, VisualSentimentOptions options)
    {
        string? path = string.IsNullOrEmpty(options.ModelPath)
            ? $"{nameof(options.ModelPath)} is empty; set it to the path of an .onnx file" : null;
        string?[] errors =
        [
            path,
            OptionErrors.Range(nameof(options.MaxConcurrency), options.MaxConcurrency, 1, 1024),
            OptionErrors.Range(nameof(options.QueueLimit), options.QueueLimit, 0, 1_000_000),
            OptionErrors.Range(nameof(options.Threads), options.Threads, 1, DetectorOptions.MaxThreads),
            ErrorOf(options.Limits),
        ];
        string[] found = [.. errors.OfType<string>()];
        string model = string.IsNullOrEmpty(name) ? "" : $" of the model '{name}'";
        return found.Length == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{nameof(VisualSentimentOptions)}{model}: {string.Join("; ", found)}.");
    }

    private static string? ErrorOf(ImageLimits? limits)
    {
        try
        {
            limits?.Validate(parameter: null);
            return null;
        }
        catch (ArgumentException e)
        {
            return $"{nameof(VisualSentimentOptions.Limits)}: {e.Message}";
        }
    }
}
