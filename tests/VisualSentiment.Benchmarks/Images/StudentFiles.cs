namespace VisualSentiment.Benchmarks.Images;

/// <summary>The files of the students that are measured, trained in the same run.</summary>
internal static class StudentFiles
{
    public const string Paper = "paper.onnx";
    public const string Compact = "compact.onnx";
    public const string CompactSmall = "compact-small.onnx";

    /// <summary>The 8-bit version of a student.</summary>
    public static string EightBit(string student) => Path.ChangeExtension(student, ".int8.onnx");

    /// <summary>The same network for ML.NET's stock pipeline, which feeds floats.</summary>
    public static string FloatInput(string student) => Path.ChangeExtension(student, ".float.onnx");

    /// <summary>The same student with evidence maps as an output of the graph.</summary>
    public static string WithEvidence(string student) => Path.ChangeExtension(student, ".evidence.onnx");

    /// <summary>Where it says why there is no such file.</summary>
    public static string ReasonFor(string path) => path + ".missing.txt";
}
