using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using VisualSentiment.LibTorch.Workarounds;

namespace VisualSentiment.Onnx;

/// <summary>
/// Turns off the telemetry of ONNX Runtime, whose official builds send events to Microsoft by default.
/// </summary>
internal static class OnnxTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    // OrtEnv.DisableTelemetryEvents is too late: creating the environment already starts the uploader.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255",
        Justification = "Only sets an environment variable, before ONNX Runtime is loaded.")]
    internal static void Disable()
    {
        NativeEnvironment.SetDefault(Variable, "1");
        if (OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }
}
