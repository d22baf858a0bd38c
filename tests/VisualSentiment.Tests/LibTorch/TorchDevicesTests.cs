using VisualSentiment.LibTorch;

namespace VisualSentiment.Tests.LibTorch;

public class TorchDevicesTests
{
    [Theory]
    [InlineData(true, false, TrainingDevice.Cuda)]
    [InlineData(false, true, TrainingDevice.Mps)]
    [InlineData(false, false, TrainingDevice.Cpu)]
    public void Auto_takes_the_best_there_is(bool cuda, bool mps, TrainingDevice expected) =>
        Assert.Equal(expected, TorchDevices.Resolve(TrainingDevice.Auto, cuda, mps));

    [Fact]
    public void The_processor_can_be_asked_for_where_there_is_a_gpu() =>
        Assert.Equal(TrainingDevice.Cpu, TorchDevices.Resolve(TrainingDevice.Cpu, cuda: true, mps: false));

    [Fact]
    public void A_device_that_is_not_here_is_rejected_with_those_that_are()
    {
        var failure = Assert.Throws<ArgumentException>(() => TorchDevices.Resolve(TrainingDevice.Cuda, cuda: false, mps: true));

        Assert.Contains("Device is Cuda; available here: Mps, Cpu.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("libtorch-cuda", failure.Message, StringComparison.Ordinal);
    }
}
