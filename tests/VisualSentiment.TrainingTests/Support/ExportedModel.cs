namespace VisualSentiment.Tests.Support;

/// <summary>For tests that compare what was trained byte for byte.</summary>
internal static class ExportedModel
{
    /// <summary>The ONNX file of a student, which is disposed.</summary>
    public static byte[] Export(SentimentTransformer student)
    {
        using (student)
        {
            using var stream = new MemoryStream();
            student.SaveAsOnnx(stream);
            return stream.ToArray();
        }
    }
}
