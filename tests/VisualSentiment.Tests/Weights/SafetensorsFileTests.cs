using System.Runtime.InteropServices;
using VisualSentiment.Tests.Support;
using VisualSentiment.Weights;

namespace VisualSentiment.Tests.Weights;

public sealed class SafetensorsFileTests : IDisposable
{
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 67).Select(i => (i - 33) * 0.25f)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Single_precision_is_read_as_it_is()
    {
        Assert.Equal(Numbers, ReadFloats("F32", MemoryMarshal.AsBytes<float>(Numbers)));
    }

    [Fact]
    public void Half_precision_is_widened()
    {
        Half[] halves = [.. Numbers.Select(n => (Half)n)];
        Assert.Equal(Numbers, ReadFloats("F16", MemoryMarshal.AsBytes<Half>(halves)));
    }

    [Fact]
    public void Bfloat16_is_widened()
    {
        ushort[] upper = [.. Numbers.Select(n => (ushort)(BitConverter.SingleToUInt32Bits(n) >> 16))];
        Assert.Equal(Numbers, ReadFloats("BF16", MemoryMarshal.AsBytes<ushort>(upper)));
    }

    [Fact]
    public void Special_values_survive_widening()
    {
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f];
        Half[] halves = [.. special.Select(n => (Half)n)];
        float[] read = ReadFloats("F16", MemoryMarshal.AsBytes<Half>(halves));
        Assert.Equal(special, read);
        Assert.True(float.IsNegative(read[3]));
    }

    [Fact]
    public void Counters_are_read()
    {
        long[] counter = [long.MaxValue];
        using SafetensorsFile file = Open(new SafetensorsBuilder().Add("n", "I64", [], MemoryMarshal.AsBytes<long>(counter)).ToArray());
        Assert.Equal(counter, MemoryMarshal.Cast<byte, long>(file.Read("n").Bytes).ToArray());
    }

    [Fact]
    public void Shapes_and_several_tensors_are_read_whatever_their_order()
    {
        byte[] first = new SafetensorsBuilder().Add("b", [2, 1], 1, 2).Add("empty", [0, 3]).Add("a", [3], 3, 4, 5).ToArray();
        using SafetensorsFile file = Open(first);
        Assert.Equal([3, 4, 5], Floats(file));
        Assert.Equal([2, 1], file.Tensors["b"].Shape);
        Assert.Equal(0, file.Tensors["empty"].ByteCount);
    }

    [Fact]
    public void Metadata_is_no_tensor()
    {
        using SafetensorsFile file = Open(new SafetensorsBuilder().AddMetadata("format", "pt").Add("a", [1], 1).ToArray());
        Assert.Equal(["a"], file.Tensors.Keys);
    }

    [Fact]
    public void A_header_that_is_padded_and_leaves_the_data_unaligned_is_read()
    {
        byte[] bytes = SafetensorsBuilder.Raw(
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   """, BitConverter.GetBytes(1.5f));
        using SafetensorsFile file = Open(bytes);
        Assert.Equal([1.5f], Floats(file));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(40)]
    [InlineData(-1)]
    public void A_file_cut_short_anywhere_is_rejected(int length)
    {
        byte[] whole = new SafetensorsBuilder().Add("weight", [2], 1, 2).ToArray();
        string message = Refusal(whole[..(length < 0 ? whole.Length + length : length)]);
        Assert.Contains("it is truncated", message, StringComparison.Ordinal);
        Assert.Contains("Download or save it again", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_the_format_allows_is_rejected_without_reading_it()
    {
        byte[] bytes = [.. BitConverter.GetBytes(100_000_001L), (byte)'{'];
        Assert.Contains("its header has 100000001 bytes", Refusal(bytes), StringComparison.Ordinal);
        Assert.Contains("its header has 18446744073709551615 bytes", Refusal([.. BitConverter.GetBytes(-1L)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>", "not valid JSON")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "not valid JSON")]
    [InlineData("""{"a":5}""", "'a' does not have a dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "'a' does not have a dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "'a' does not have a dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "'a' does not have a dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "'a' does not have a dtype")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "'a' has the element type F64")]
    [InlineData("""{"a":{"dtype":"3","shape":[1],"data_offsets":[0,8]}}""", "'a' has the element type 3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "'a' has the bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "'a' has the bytes 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "'b' begins at byte 4, inside the previous one")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "the bytes 0 to 4, before tensor 'a', belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes at its end belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "it is truncated: 8 bytes of data instead of 16")]
    public void A_damaged_header_is_rejected_with_its_fault(string header, string fault)
    {
        Assert.Contains(fault, Refusal(SafetensorsBuilder.Raw(header, new byte[8])), StringComparison.Ordinal);
    }

    public static TheoryData<byte[]> InvalidText => new()
    {
        Header(@"{""\ud800"":{""dtype"":""F32"",""shape"":[2],""data_offsets"":[0,8]}}"),
        Header(@"{""a"":{""dtype"":""\udc00"",""shape"":[2],""data_offsets"":[0,8]}}"),
        Header(@"{""a"":{""\ud800dtype"":""F32"",""dtype"":""F32"",""shape"":[2],""data_offsets"":[0,8]}}"),
        Header("{\"a\xff\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"),
        Header("{\"a\":{\"dtype\":\"F32\xc0\",\"shape\":[2],\"data_offsets\":[0,8]}}"),
        Header("{\"__metadata__\":{\"\xff\":\"\"},\"\xe0\":{}}"),
    };

    [Theory]
    [MemberData(nameof(InvalidText))]
    public void Text_that_is_no_Unicode_is_rejected(byte[] header) =>
        Refusal([.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[8]]);

    // One byte a character, so that invalid UTF-8 can be written.
    private static byte[] Header(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<PretrainedWeightsException>(() => new SafetensorsFile(_folder["none.safetensors"]));
        Assert.Contains("none.safetensors", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_read_after_closing()
    {
        SafetensorsFile file = Open(new SafetensorsBuilder().Add("a", [1], 1).ToArray());
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Read("a"));
    }

    private SafetensorsFile Open(byte[] bytes)
    {
        string path = _folder["weights.safetensors"];
        File.WriteAllBytes(path, bytes);
        return new SafetensorsFile(path);
    }

    private string Refusal(byte[] bytes)
    {
        var e = Assert.Throws<PretrainedWeightsException>(() => Open(bytes));
        Assert.Contains(_folder["weights.safetensors"], e.Message, StringComparison.Ordinal);
        Assert.Equal(_folder["weights.safetensors"], e.Weights);
        return e.Message;
    }

    private float[] ReadFloats(string type, ReadOnlySpan<byte> data)
    {
        int size = type == "F32" ? 4 : 2;
        using SafetensorsFile file = Open(new SafetensorsBuilder().Add("a", type, [data.Length / size], data).ToArray());
        return Floats(file);
    }

    private static float[] Floats(SafetensorsFile file) => MemoryMarshal.Cast<byte, float>(file.Read("a").Bytes).ToArray();
}
