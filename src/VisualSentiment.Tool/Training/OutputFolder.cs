using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Training;

/// <summary>Writes the models and reports of a training. A file is complete or does not exist.</summary>
internal sealed class OutputFolder(string folder)
{
    private readonly List<string> _files = [];

    public string Save(SentimentTransformer student) => Save("student.onnx", student.SaveAsOnnx);

    public void Save(DistillationReport report, HtmlReportOptions options)
    {
        Save("report.html", path => report.SaveAsHtml(path, options));
        Save("report.md", path => OutputFile.Write(path, file => File.WriteAllText(file, report.ToMarkdown())));
        Save("report.json", path => OutputFile.WriteJson(path, report));
    }

    public void ShowFiles() => Screen.Line($"Written to {folder}: {string.Join(", ", _files)}");

    private string Save(string name, Action<string> save)
    {
        string path = Path.Combine(folder, name);
        save(path);
        _files.Add(name);
        return path;
    }
}
