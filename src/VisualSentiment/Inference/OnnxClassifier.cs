using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Evidence;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Inference;

/// <summary>A student that ONNX Runtime computes.</summary>
internal sealed class OnnxClassifier : PixelClassifier
{
    private readonly InferenceSession _session;
    private readonly Lazy<EvidenceSession> _evidence;
    private readonly string _name;
    private readonly DetectorOptions _options;
    private readonly string[] _input;
    private readonly RunOptions _runOptions = new();
    private readonly Lock _gate = new();
    private int _running;
    private bool _disposed;

    /// <param name="onnxModel">The model's bytes.</param>
    /// <param name="name">The name of the model in messages.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="InvalidModelException">The bytes are not a student that this library exported.</exception>
    public OnnxClassifier(byte[] onnxModel, string name, DetectorOptions? options = null)
    {
        (ModelProto model, Info) = ModelValidator.Validate(onnxModel, name);
        Model = EvidenceOutput.Remove(model) ? ModelDigest.Seal(model) : onnxModel;
        _name = name;
        _options = options ?? new DetectorOptions();
        _session = CreateSession(model);
        _input = [_session.InputNames[0]];
        // ONNX Runtime computes all outputs, also those that are not requested, so evidence has a separate session.
        _evidence = new(() =>
            new EvidenceSession(CreateSession(ModelValidator.Validate(EvidenceOutput.Add(Model), name).Model)));
    }

    /// <summary>The bytes of the model, without evidence.</summary>
    public byte[] Model { get; }

    public OnnxModelInfo Info { get; }

    /// <summary>The outputs that predictions compute, without evidence.</summary>
    internal IReadOnlyList<string> Outputs => _session.OutputNames;

    public override IReadOnlyList<string> Classes => Info.Classes;
    public override ImageFit Fit => Info.Fit;
    public override bool IsConcurrent => true;

    /// <exception cref="InvalidModelException">The scores are not numbers, or ONNX Runtime fails.</exception>
    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities)
    {
        Run(pixels, count, ModelNames.Score, probabilities);
        ThrowIfNotNumbers(probabilities);
    }

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits) =>
        Run(pixels, count, ModelNames.Logits, logits);

    /// <summary>Scores one image and computes its evidence maps.</summary>
    /// <exception cref="NotSupportedException">The network has no maps; see <see cref="EvidenceOutput"/>.</exception>
    /// <exception cref="InvalidModelException">The scores are not numbers, or ONNX Runtime fails.</exception>
    public EvidenceGrid Explain(ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, Classes.Count);
        Enter();
        try
        {
            EvidenceGrid grid = _evidence.Value.Run(_runOptions, pixels, probabilities);
            ThrowIfNotNumbers(probabilities);
            return grid;
        }
        catch (OnnxRuntimeException e)
        {
            throw NotComputable(e);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Frees the model when the computations in progress have finished.</summary>
    public override void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_running == 0)
                Free();
        }
    }

    private unsafe void Run(ReadOnlySpan<byte> pixels, int count, string output, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, count * PixelFormat.ByteCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, count * Classes.Count);
        Enter();
        try
        {
            fixed (byte* pixelPointer = pixels)
            fixed (float* valuePointer = values)
            {
                using OrtValue input = PinnedTensor.Of(pixelPointer, count);
                using OrtValue result = PinnedTensor.Of(valuePointer, count, Classes.Count);
                _session.Run(_runOptions, _input, [input], [output], [result]);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw NotComputable(e);
        }
        finally
        {
            Exit();
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _running++;
        }
    }

    private void Exit()
    {
        lock (_gate)
        {
            if (--_running == 0 && _disposed)
                Free();
        }
    }

    private void Free()
    {
        _session.Dispose();
        if (_evidence.IsValueCreated)
            _evidence.Value.Dispose();
        _runOptions.Dispose();
        // glibc would keep the memory of a large model.
        NativeHeap.Trim();
    }

    private InvalidModelException NotComputable(OnnxRuntimeException e) =>
        new(_name, $"ONNX Runtime cannot compute it ({e.Message}); export it again with SaveAsOnnx", e);

    private void ThrowIfNotNumbers(ReadOnlySpan<float> probabilities)
    {
        foreach (float probability in probabilities)
            if (float.IsNaN(probability))
                throw new InvalidModelException(_name,
                    "its scores are not numbers; its weights are damaged, train it again");
    }

    private InferenceSession CreateSession(ModelProto validated)
    {
        validated.Graph.DropUnread();
        using var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            IntraOpNumThreads = _options.Threads,
        };
        // Waiting threads sleep; spinning would use the cores that decoding and other requests need.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _options.ConfigureSession?.Invoke(options);
        try
        {
            return new InferenceSession(validated.ToByteArray(), options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException(_name,
                $"ONNX Runtime cannot load it ({e.Message}); export it again with SaveAsOnnx", e);
        }
    }
}
