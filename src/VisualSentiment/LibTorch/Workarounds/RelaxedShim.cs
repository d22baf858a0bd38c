using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// Defect: <c>libLibTorchSharp.so</c> of TorchSharp 0.107.0 requires version GLIBCXX_3.4.32 of libstdc++ for an unused symbol
/// (<c>std::ios_base_library_init</c>), and so does not load on Debian 12 and Ubuntu 22.04. Similar to dotnet/TorchSharp#218
/// (closed, 2021).
/// Work-around: loads a copy from memory in which the requirement is weak. The runtime calls it only if the usual ways have
/// failed, whichever code uses TorchSharp first; an application that only predicts loads nothing.
/// No longer needed if <c>WorkaroundTests.TorchSharp_names_a_version_of_libstdcpp_for_a_symbol_that_nothing_refers_to</c> fails.
/// </summary>
internal static partial class RelaxedShim
{
    /// <summary>TorchSharp's native library.</summary>
    public const string Shim = "LibTorchSharp";

    /// <summary>The version of libstdc++ that TorchSharp's native library requires without need.</summary>
    public const string UnneededVersion = "GLIBCXX_3.4.32";

    // A CPU backend has three of these, a CUDA backend all. The shim finds the loaded ones by soname.
    private static readonly string[] Dependencies =
        ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    // <sys/mman.h>
    private const uint CloseOnExec = 0x1;

    private static readonly Lock Gate = new();
    private static nint _library;

    /// <summary>The loader's message if it rejected the copy; otherwise null.</summary>
    public static string? Refusal { get; private set; }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Only adds a handler; the application may use TorchSharp at any time.")]
    internal static void Register()
    {
        if (OperatingSystem.IsLinux() && AssemblyLoadContext.GetLoadContext(typeof(RelaxedShim).Assembly) is { } context)
            context.ResolvingUnmanagedDll += Resolve;
    }

    private static nint Resolve(Assembly requester, string name)
    {
        if (name != Shim || requester.GetName().Name != "TorchSharp")
            return 0;
        lock (Gate)
            return _library != 0 ? _library : _library = Load();
    }

    private static nint Load()
    {
        const string FileName = $"lib{Shim}.so";
        if (NativeLibraries.Find(FileName) is not { } path)
            return 0;
        byte[] image = File.ReadAllBytes(path);
        if (!ElfVersionNeeds.MarkWeak(image, UnneededVersion))
            return 0;

        NativeEnvironment.Prepare();
        foreach (string dependency in Dependencies)
            if (NativeLibraries.Find(dependency) is { } dependencyPath)
                NativeLibrary.TryLoad(dependencyPath, out _);
        return LoadFromMemory(FileName, image);
    }

    // A file in a temporary folder would remain after the process.
    private static nint LoadFromMemory(string name, byte[] image)
    {
        int descriptor = CreateMemoryFile(name, CloseOnExec);
        if (descriptor < 0)
            return 0; // the kernel offers no anonymous files
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, image, fileOffset: 0);
        try
        {
            return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            Refusal = e.Message;
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}

/// <summary>The versions with the defects worked around in this folder. With others, check whether each file is still needed.</summary>
internal static class AffectedVersions
{
    public const string TorchSharp = "0.107.0", LibTorch = "2.10.0";
}
