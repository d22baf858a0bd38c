using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VisualSentiment.LibTorch;

/// <summary>Loads a shared object from memory on Linux, without leaving a file behind.</summary>
internal static partial class AnonymousLibrary
{
    private const uint CloseOnExec = 0x1;

    /// <summary>
    /// Loads <paramref name="image"/>. Returns 0 where the kernel offers no anonymous files, with no
    /// <paramref name="refusal"/>, and where the loader refused the image, with the loader's message.
    /// </summary>
    public static nint Load(string name, byte[] image, out string? refusal)
    {
        refusal = null;
        int descriptor = CreateMemoryFile(name, CloseOnExec);
        if (descriptor < 0)
            return 0;

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, image, fileOffset: 0);
        try
        {
            return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            refusal = e.Message;
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
