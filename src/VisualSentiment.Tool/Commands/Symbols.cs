using System.CommandLine;

namespace VisualSentiment.Tool.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class Symbols
{
    public static Argument<string[]> Images() => NoOption(new Argument<string[]>("IMAGES-OR-FOLDERS")
    {
        Description = "Image files, and folders that are searched for images, including subfolders.",
        Arity = ArgumentArity.OneOrMore,
    });

    public static Argument<string> ModelArgument() => NoOption(new Argument<string>("MODEL")
    {
        Description = "An .onnx file, or a .zip file saved with ml.Model.Save.",
    });

    public static Option<string> ModelOption() => new("--model", "-m")
    {
        Description = "The model: an .onnx file, or a .zip file saved with ml.Model.Save.",
        HelpName = "FILE",
        Required = true,
    };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>Reports tokens that begin with a hyphen, such as misspelled options.</summary>
    public static Argument<T> NoOption<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (string text in result.Tokens.Select(token => token.Value))
                if (text.StartsWith('-') && !Path.Exists(text))
                    result.AddError($"'{text}' is neither an option nor a file.");
        });
        return argument;
    }

    /// <summary>Requires a value of an option. Values of the wrong type are reported by the parser.</summary>
    public static Option<T> Require<T>(this Option<T> option, Func<T, bool> isValid, string range)
    {
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<T>() is { } value && !isValid(value))
                result.AddError($"{option.Name} is {string.Join(' ', result.Tokens.Select(token => token.Value))}; "
                    + $"it must be {range}.");
        });
        return option;
    }
}
