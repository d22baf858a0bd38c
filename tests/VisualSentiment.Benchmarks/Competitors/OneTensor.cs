using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Onnx;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>An ONNX model with a prepared input tensor: ONNX Runtime alone, on one thread.</summary>
internal sealed class OneTensor : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue _input;
    private readonly string[] _inputNames;

    public OneTensor(byte[] model, byte[] content, long[] shape)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model, options);
        _inputNames = [_session.InputNames.Single()];
        _input = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, _session.InputMetadata[_inputNames[0]].ElementDataType, shape);
        content.CopyTo(_input.GetTensorMutableRawData());
    }

    public static float[] Score(byte[] model, byte[] content, long[] shape)
    {
        using var tensor = new OneTensor(model, content, shape);
        return tensor.Run();
    }

    public float[] Run()
    {
        using var results = _session.Run(_options, _inputNames, [_input], [ModelNames.Score]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _input.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
