using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace VisualSentiment.LibTorch;

/// <summary>
/// Loads TorchSharp's native library where the runtime cannot because libstdc++ lacks a version that the library names and
/// does not need. It is asked by the runtime, so that TorchSharp itself loads, whoever uses it first; and it is asked only
/// when the ordinary ways have failed, so that an application which only predicts loads nothing.
/// </summary>
internal static class RelaxedShim
{
    /// <summary>The libstdc++ version that TorchSharp's native library names although it needs no symbol of it.</summary>
    public const string NeedlessVersion = "GLIBCXX_3.4.32";

    // A CPU backend has three of them; a CUDA backend all. The shim finds them by soname once they are loaded.
    private static readonly string[] Dependencies =
        ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    private static readonly Lock Gate = new();
    private static nint _library;

    /// <summary>What the loader said of the relaxed copy; null where none was refused.</summary>
    public static string? Refusal { get; private set; }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Only adds a handler; the application may use TorchSharp at any time after.")]
    internal static void Register()
    {
        if (OperatingSystem.IsLinux() && AssemblyLoadContext.GetLoadContext(typeof(RelaxedShim).Assembly) is { } context)
            context.ResolvingUnmanagedDll += Resolve;
    }

    private static nint Resolve(Assembly requester, string name)
    {
        if (name != LibTorchBackend.Shim || requester.GetName().Name != "TorchSharp")
            return 0;
        lock (Gate)
            return _library != 0 ? _library : _library = Load();
    }

    private static nint Load()
    {
        const string FileName = $"lib{LibTorchBackend.Shim}.so";
        if (NativeLibraries.Find(FileName) is not { } path)
            return 0;
        byte[] image = File.ReadAllBytes(path);
        if (!ElfVersionNeeds.MarkWeak(image, NeedlessVersion))
            return 0;

        NativeEnvironment.Prepare();
        foreach (string dependency in Dependencies)
            if (NativeLibraries.Find(dependency) is { } dependencyPath)
                NativeLibrary.TryLoad(dependencyPath, out _);
        nint library = AnonymousLibrary.Load(FileName, image, out string? refusal);
        Refusal = refusal;
        return library;
    }
}
