using System.Runtime.InteropServices;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch;

public sealed class ReusedMemoryTests : IDisposable
{
    private const long Bytes = 256L << 20;

    public void Dispose() => AppContext.SetSwitch(ReusedMemory.Switch, true);

    [Fact]
    public void Memory_goes_back_to_the_system_at_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        LibTorchBackend.EnsureLoaded();
        long before = Resident();

        using (ReusedMemory.Begin())
        using (ReusedMemory.Begin())
            ones(Bytes / sizeof(float)).Dispose();

        Assert.InRange(Resident() - before, long.MinValue, Bytes / 2);
    }

    [Fact]
    public void Memory_of_any_thread_is_not_fetched_again_page_by_page()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        // A thread's heap of 64 MB has room for the first two, and not for the third.
        const int Kept = 30 << 20, Again = 12 << 20, Repeats = 50;
        long fetched = 0;
        var thread = new Thread(() =>
        {
            using var memory = ReusedMemory.Begin();
            FillSmallBins();
            nint first = Allocate(Kept), second = Allocate(Kept);
            Free(Allocate(Again));
            long before = PageFaults();
            for (int i = 0; i < Repeats; i++)
                Free(Allocate(Again));
            fetched = PageFaults() - before;
            Free(first);
            Free(second);
        });

        thread.Start();
        thread.Join();

        // Some are other threads'.
        Assert.InRange(fetched, 0, Repeats * Again / Environment.SystemPageSize / 4);
    }

    [Fact]
    public void The_switch_leaves_the_allocator_unchanged()
    {
        AppContext.SetSwitch(ReusedMemory.Switch, false);

        Assert.Null(ReusedMemory.Begin());
    }

    // A small block that a thread keeps for later, such as what is left over in front of an aligned one, would hold its heap.
    private static void FillSmallBins()
    {
        foreach (nint block in Enumerable.Range(1, 128).Select(i => Allocate(16 * (1 + (i / 8)))).ToArray())
            Free(block);
    }

    private static unsafe nint Allocate(int bytes)
    {
        void* block = NativeMemory.Alloc((nuint)bytes);
        NativeMemory.Fill(block, (nuint)bytes, 1);
        return (nint)block;
    }

    private static unsafe void Free(nint block) => NativeMemory.Free((void*)block);

    private static long PageFaults() => long.Parse(
        File.ReadAllText("/proc/self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[7], System.Globalization.CultureInfo.InvariantCulture);

    private static long Resident() => long.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
