using System.Buffers.Binary;
using VisualSentiment.LibTorch.Workarounds;

namespace VisualSentiment.Tests.LibTorch.Workarounds;

public class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const ushort Weak = 2;

    private static readonly string Shim =
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    [Fact]
    public void Only_the_flags_of_the_one_demand_change()
    {
        byte[] before = File.ReadAllBytes(Shim), after = [.. before];

        Assert.True(ElfVersionNeeds.MarkWeak(after, Version));

        int changed = Assert.Single(Differences(before, after));
        Assert.Equal(0, before[changed]);
        Assert.Equal(Weak, after[changed]);
        // The flags follow the hash of the version's name (LSB, symbol versioning: vna_hash, vna_flags).
        Assert.Equal(ElfHash(Version), BinaryPrimitives.ReadUInt32LittleEndian(before.AsSpan(changed - 4)));
    }

    [Fact]
    public void Marking_again_changes_nothing()
    {
        byte[] once = File.ReadAllBytes(Shim);
        ElfVersionNeeds.MarkWeak(once, Version);
        byte[] twice = [.. once];

        Assert.True(ElfVersionNeeds.MarkWeak(twice, Version));

        Assert.True(once.AsSpan().SequenceEqual(twice));
    }

    [Theory]
    [InlineData("GLIBCXX_9.9.99")]
    [InlineData("GLIBCXX_3.4.3")]
    [InlineData("XX_3.4.32")]
    public void Image_without_the_demand_is_rejected_unharmed(string version)
    {
        byte[] before = File.ReadAllBytes(Shim), after = [.. before];

        Assert.False(ElfVersionNeeds.MarkWeak(after, version));

        Assert.True(before.AsSpan().SequenceEqual(after));
    }

    [Fact]
    public void Truncated_images_never_throw_and_are_only_changed_where_they_are_accepted()
    {
        byte[] whole = File.ReadAllBytes(Shim);
        var random = new Random(1);
        int demand = DemandIn(whole);

        for (int i = 0; i < 300; i++)
        {
            int length = i < 100 ? i : random.Next(whole.Length);
            AssertHandled(whole[..length], mayBeAccepted: length > demand);
        }
    }

    [Fact]
    public void Garbage_is_rejected_unharmed()
    {
        var random = new Random(2);
        for (int i = 0; i < 200; i++)
        {
            byte[] garbage = new byte[random.Next(4096)];
            random.NextBytes(garbage);
            if (i % 2 == 0 && garbage.Length >= 6)
                "\u007fELF\u0002\u0001"u8.CopyTo(garbage);
            AssertHandled(garbage, mayBeAccepted: false);
        }
    }

    [Fact]
    public void Damaged_tables_never_throw_or_loop()
    {
        byte[] whole = File.ReadAllBytes(Shim);
        var random = new Random(3);
        int demand = DemandIn(whole), dynamic = ProgramHeaderOffset(whole, type: 2);
        // The file header, the program headers, the dynamic section and the entries around the demand.
        (int Start, int Length)[] tables = [(6, 58), (64, 56 * 12), (dynamic, 512), (demand - 200, 400)];
        long[] values = [0, -1, 1, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue, whole.Length, -16];

        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = [.. whole];
            for (int strokes = random.Next(1, 4); strokes > 0; strokes--)
            {
                var (start, length) = tables[random.Next(tables.Length)];
                var target = damaged.AsSpan(start + (random.Next(length - 8) & ~1));
                long value = random.Next(2) == 0 ? values[random.Next(values.Length)] : random.NextInt64();
                if (random.Next(2) == 0)
                    BinaryPrimitives.WriteInt64LittleEndian(target, value);
                else
                    BinaryPrimitives.WriteInt32LittleEndian(target, (int)value);
            }
            AssertHandled(damaged, mayBeAccepted: true);
        }
    }

    [Fact]
    public void Entries_that_lead_to_themselves_end()
    {
        byte[] image = File.ReadAllBytes(Shim);
        int dynamic = ProgramHeaderOffset(image, type: 2);
        int count = Enumerable.Range(0, 100).Select(i => dynamic + (16 * i))
            .First(at => BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at)) == 0x6fffffff);
        int needs = Enumerable.Range(0, 100).Select(i => dynamic + (16 * i))
            .First(at => BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at)) == 0x6ffffffe);
        int first = (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(needs + 8));
        BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(count + 8), long.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(first + 2), ushort.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(first + 12), 0);

        AssertHandled(image, mayBeAccepted: true);
    }

    private static void AssertHandled(byte[] image, bool mayBeAccepted)
    {
        byte[] before = [.. image];

        bool accepted = ElfVersionNeeds.MarkWeak(image, Version);

        Assert.True(mayBeAccepted || !accepted);
        Assert.InRange(Differences(before, image).Count, 0, accepted ? 1 : 0);
    }

    private static int DemandIn(byte[] image)
    {
        byte[] marked = [.. image];
        ElfVersionNeeds.MarkWeak(marked, Version);
        return Differences(image, marked).Single();
    }

    private static List<int> Differences(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        List<int> differences = [];
        int at = 0;
        while (before[at..].CommonPrefixLength(after[at..]) is var same && at + same < before.Length)
        {
            differences.Add(at + same);
            at += same + 1;
        }
        return differences;
    }

    private static int ProgramHeaderOffset(byte[] image, int type)
    {
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(32));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(54));
        int at = table;
        while (BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at)) != type)
            at += size;
        return (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at + 8));
    }

    /// <summary>The hash of the System V ABI.</summary>
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return hash;
    }
}
