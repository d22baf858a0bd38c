using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Training;

public class TensorBytesTests
{
    public TensorBytesTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void Tensors_come_back_from_blocks_of_any_size(int block)
    {
        long before = LiveTensors.Count();
        using (NewDisposeScope())
        {
            Tensor[] tensors =
            [
                rand(3, 5), tensor(7L), ChannelsLast(rand(2, 3, 4, 5)), rand(6, 4).t(), arange(11, ScalarType.Byte), empty(0), rand(2, 2).to(ScalarType.BFloat16),
            ];
            using var file = new MemoryStream();
            using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true))
                foreach (Tensor tensor in tensors)
                    TensorBytes.Write(writer, tensor, block);
            file.Position = 0;
            using var reader = new BinaryReader(file);

            foreach (Tensor tensor in tensors)
            {
                Tensor read = zeros_like(tensor);
                long[] strides = read.stride();
                TensorBytes.Read(reader, read, block);
                Assert.True(read.equal(tensor).all().item<bool>());
                Assert.Equal(strides, read.stride());
            }
            Assert.Equal(file.Length, file.Position);
        }
        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void The_order_in_the_file_is_that_of_the_elements_and_not_of_the_memory()
    {
        using var scope = NewDisposeScope();
        Tensor plain = arange(120, ScalarType.Float32).reshape(2, 3, 4, 5);

        Assert.Equal(Bytes(plain), Bytes(ChannelsLast(plain)));
    }

    [Fact]
    public void A_tensor_of_another_size_is_rejected()
    {
        using var scope = NewDisposeScope();
        using var reader = new BinaryReader(new MemoryStream(Bytes(ones(5))));

        var failure = Assert.Throws<InvalidOperationException>(() => TensorBytes.Read(reader, ones(6)));

        Assert.Contains("Expected a tensor of 24 bytes, but it has 20", failure.Message, StringComparison.Ordinal);
    }

    private static Tensor ChannelsLast(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private static byte[] Bytes(Tensor tensor)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        TensorBytes.Write(writer, tensor);
        return file.ToArray();
    }
}
