using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VisualSentiment.LibTorch;

/// <summary>Loads a shared object from memory on Linux, without leaving a file behind.</summary>
internal static partial class AnonymousLibrary
{
    /// <summary>
    /// Loads <paramref name="image"/>. Returns false where the kernel offers no anonymous files; otherwise true, with
    /// the loader's message in <paramref name="error"/> if it refused.
    /// </summary>
    public static bool TryLoad(string name, byte[] image, out string? error)
    {
        error = null;
        int descriptor = CreateMemoryFile(name, 0);
        if (descriptor < 0)
            return false;

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, image, fileOffset: 0);
        try
        {
            NativeLibrary.Load($"/proc/self/fd/{descriptor}");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            error = e.Message;
        }
        return true;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
