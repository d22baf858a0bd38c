namespace VisualSentiment.Benchmarks.Images;

/// <summary>The files of the students, which are trained in the same run.</summary>
internal static class StudentFiles
{
    public const string Paper = "paper.onnx";
    public const string Compact = "compact.onnx";
    public const string CompactSmall = "compact-small.onnx";

    /// <summary>The 8-bit version of a student.</summary>
    public static string EightBit(string student) => Path.ChangeExtension(student, ".int8.onnx");

    /// <summary>The same network with a float input, for ML.NET's stock pipeline.</summary>
    public static string FloatInput(string student) => Path.ChangeExtension(student, ".float.onnx");

    /// <summary>The same student with evidence maps as an output of the graph.</summary>
    public static string WithEvidence(string student) => Path.ChangeExtension(student, ".evidence.onnx");

    /// <summary>The file with the reason why a student's file does not exist.</summary>
    public static string ReasonFor(string path) => path + ".missing.txt";
}
