using System.Text.Json;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Training;

/// <summary>Writes the models and reports of a training. A file is complete or does not exist.</summary>
internal sealed class OutputFolder(string folder)
{
    // The names of the properties are those that DistillationReport reads.
    private static readonly JsonSerializerOptions Json = new(OutputFile.Json) { PropertyNamingPolicy = null };

    private readonly List<string> _files = [];

    public string Save(SentimentTransformer student) => Save("student.onnx", student.SaveAsOnnx);

    public void Save(TeacherTransformer teacher)
    {
        try
        {
            Save("teacher.onnx", teacher.SaveAsOnnx);
        }
        catch (NotSupportedException e)
        {
            Screen.Warning($"Not written: teacher.onnx. {e.Message}");
        }
    }

    public void Save(DistillationReport report, HtmlReportOptions options)
    {
        Save("report.html", path => report.SaveAsHtml(path, options));
        SaveText("report.md", report.ToMarkdown(options.Student, options.Teacher));
        SaveText("report.json", JsonSerializer.Serialize(report, Json));
    }

    public void ShowFiles() => Screen.Line($"Written to {folder}: {string.Join(", ", _files)}");

    private void SaveText(string name, string text) =>
        Save(name, path => OutputFile.Write(path, unfinished => File.WriteAllText(unfinished, text)));

    private string Save(string name, Action<string> save)
    {
        string path = Path.Combine(folder, name);
        save(path);
        _files.Add(name);
        return path;
    }
}
