using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch;

public class ReusedMemoryTests
{
    private const long Bytes = 256L << 20;

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

    private static long Resident() => long.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
