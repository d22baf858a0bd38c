using System.Text.Encodings.Web;
using System.Text.Json;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// The file <c>labels.json</c> beside a model: classes, input, preprocessing and outputs, for clients that cannot read
/// the metadata. docs/formats.md describes it.
/// </summary>
internal static class ModelDescription
{
    public const string FileName = "labels.json";

    private const int Format = 1;

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="onnxModel">A valid student.</param>
    /// <param name="fileName">The name of the model's file.</param>
    public static void Write(Stream stream, byte[] onnxModel, string fileName)
    {
        ModelProto model = ModelValidator.Parse(onnxModel, fileName);
        OnnxModelInfo info = OnnxModelInfo.Read(model, fileName);
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("model", fileName);
        json.WriteStartArray("classes");
        foreach (string name in info.Classes)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WritePropertyName("input");
        WriteValue(json, model.Graph.Input.Single());
        json.WriteStartObject("preprocessing");
        json.WriteNumber("width", PixelFormat.Width);
        json.WriteNumber("height", PixelFormat.Height);
        json.WriteString("fit", info.Fit.ToString());
        json.WriteString("filter", "triangle");
        json.WriteString("channels", "RGB");
        json.WriteString("background", "#ffffff");
        json.WriteEndObject();
        json.WriteStartArray("outputs");
        foreach (ValueInfoProto output in model.Graph.Output)
            WriteValue(json, output);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, ValueInfoProto value)
    {
        TypeProto.Types.Tensor tensor = value.Type.TensorType;
        json.WriteStartObject();
        json.WriteString("name", value.Name);
        json.WriteString("type",
            tensor.ElemType == (int)TensorProto.Types.DataType.Uint8 ? "uint8" : "float32");
        json.WriteStartArray("shape");
        foreach (TensorShapeProto.Types.Dimension size in tensor.Shape.Dim)
            if (size.HasDimValue)
                json.WriteNumberValue(size.DimValue);
            else
                json.WriteStringValue(size.DimParam);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
