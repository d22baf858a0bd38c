using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment export</c>.</summary>
internal static class ExportCommand
{
    private const string Onnx = ".onnx", Zip = ".zip";

    public static Command Create()
    {
        var model = Symbols.ModelArgument();
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write: .onnx, or .zip for ml.Model.Load.",
            HelpName = "FILE",
            Required = true,
        }.Require(path => Path.GetExtension(path) is Onnx or Zip, $"a file name that ends in {Onnx} or {Zip}");
        var int8 = new Option<bool>("--int8") { Description = "Quantize weights and activations to 8-bit integers." };
        var calibration = new Option<string?>("--calibration")
        {
            Description = "A folder of several hundred images like those to predict, for --int8. If the 8-bit model loses "
                + "more than one percentage point of accuracy on them, nothing is written. Without a subfolder per class, the "
                + "share of images whose prediction changes is compared instead.",
            HelpName = "FOLDER",
        };
        var labels = new Option<bool>("--labels")
        {
            Description = "Also write labels.json beside the .onnx file: classes, preprocessing, input and outputs.",
        };
        Command command = new("export", "Converts a model between .onnx and .zip, and quantizes it.")
        {
            model, output, int8, calibration, labels,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(int8) != (result.GetValue(calibration) is not null))
                result.AddError("--int8 and --calibration require each other.");
            if (result.GetValue(labels) && Path.GetExtension(result.GetValue(output)) == Zip)
                result.AddError("--labels requires an .onnx file as --output.");
        });
        command.SetGuardedAction((result, cancellation) =>
        {
            string from = result.GetRequiredValue(model), to = result.GetRequiredValue(output);
            Export(from, to, result.GetValue(calibration), result.GetValue(labels), cancellation);
            Screen.Line(string.Create(CultureInfo.InvariantCulture,
                $"Written: {to}, {new FileInfo(to).Length:N0} bytes"));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Export(string from, string to, string? calibration, bool labels, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        DataViewSchema schema = ml.Data.LoadFromEnumerable<ImageRow>([]).Schema;
        using var student = SentimentTransformer.Load(from, schema);
        var options = new OnnxExportOptions
        {
            Quantize = calibration is not null,
            CalibrationData = calibration is null ? null : LoadImages(ml, calibration, student.Classes),
            WriteLabels = labels,
            CancellationToken = cancellation,
        };
        if (Path.GetExtension(to) == Onnx)
        {
            student.SaveAsOnnx(to, options);
            return;
        }
        string onnx = to + ".tmp" + Onnx;
        try
        {
            student.SaveAsOnnx(onnx, options);
            using var exported = SentimentTransformer.Load(onnx, schema);
            OutputFile.Write(to, unfinished => ml.Model.Save(exported, schema, unfinished));
        }
        finally
        {
            File.Delete(onnx);
        }
    }

    private static IDataView LoadImages(MLContext ml, string folder, IReadOnlyList<string> classes) =>
        classes.Any(name => Directory.Exists(Path.Combine(folder, name)))
            ? ml.Data.LoadImageFolder(folder) : ml.Data.LoadUnlabeledImages(folder);

    private sealed class ImageRow
    {
        public string ImagePath { get; set; } = "";
    }
}
