using Microsoft.ML;
using VisualSentiment.LibTorch;

namespace VisualSentiment.Tests.LibTorch;

public class BFloat16InstructionsTests
{
    private readonly List<string> _warnings = [];
    private readonly MLContext _ml = new(seed: 1);

    public BFloat16InstructionsTests() => _ml.Log += (_, entry) =>
    {
        if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            _warnings.Add(entry.RawMessage);
    };

    [Fact]
    public void Where_there_are_none_32_bits_are_taken_with_a_warning()
    {
        Assert.Equal(TrainingPrecision.Float32, Resolve(TrainingPrecision.BFloat16, available: false));

        Assert.Contains("Precision is BFloat16, but this processor has no instructions for it", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrainingPrecision.BFloat16, true)]
    [InlineData(TrainingPrecision.Float32, true)]
    [InlineData(TrainingPrecision.Float32, false)]
    public void What_can_be_done_is_done_in_silence(TrainingPrecision wanted, bool available)
    {
        Assert.Equal(wanted, Resolve(wanted, available));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void They_are_found_where_Linux_lists_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo"), "There is no list of the processor's features.");

        Assert.Equal(File.ReadLines("/proc/cpuinfo").Any(line => line.StartsWith("flags", StringComparison.Ordinal) && line.Split(' ').Contains("avx512_bf16")),
            BFloat16Instructions.AreAvailable);
    }

    private TrainingPrecision Resolve(TrainingPrecision wanted, bool available)
    {
        using var log = CatalogEnvironment.Of(_ml.Transforms).Start("test");
        return BFloat16Instructions.Resolve(wanted, available, log);
    }
}
