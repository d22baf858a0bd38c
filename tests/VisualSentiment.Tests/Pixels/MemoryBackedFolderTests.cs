using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Pixels;

namespace VisualSentiment.Tests.Pixels;

public class MemoryBackedFolderTests
{
    private const long Gigabyte = 1L << 30;

    [Theory]
    [InlineData("tmpfs", 2 * Gigabyte, 64 * Gigabyte, true)]
    [InlineData("ramfs", 2 * Gigabyte, 64 * Gigabyte, true)]
    [InlineData("tmpfs", Gigabyte / 2, Gigabyte, true)]
    [InlineData("tmpfs", Gigabyte / 2, 64 * Gigabyte, false)]
    [InlineData("ext4", 2 * Gigabyte, Gigabyte, false)]
    [InlineData(null, 2 * Gigabyte, Gigabyte, false)]
    public void Large_images_in_a_folder_in_memory_are_warned_of(string? format, long bytes, long memory, bool warned)
    {
        var ml = new MLContext();
        List<string> warnings = [];
        ml.Log += (_, entry) => { if (entry.Kind == ChannelMessageKind.Warning) warnings.Add(entry.RawMessage); };
        using (IChannel log = CatalogEnvironment.Of(ml.Data).Start("test"))
            MemoryBackedFolder.WarnIfLarge("/tmp/", format, bytes, memory, log);

        Assert.Equal(warned ? 1 : 0, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("Set CacheFolder", warning, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.Contains("'/tmp/'", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void The_file_system_of_a_folder_is_found_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").DriveFormat == "tmpfs", "there is no tmpfs at /dev/shm");
        var ml = new MLContext();
        int warnings = 0;
        ml.Log += (_, entry) => warnings += entry.Kind == ChannelMessageKind.Warning ? 1 : 0;
        using IChannel log = CatalogEnvironment.Of(ml.Data).Start("test");

        MemoryBackedFolder.WarnIfLarge("/dev/shm", long.MaxValue, log);
        MemoryBackedFolder.WarnIfLarge("/proc", long.MaxValue, log);
        MemoryBackedFolder.WarnIfLarge("/dev/shm/no/such/folder", long.MaxValue, log);

        Assert.Equal(2, warnings);
    }
}
