using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch.Workarounds;

/// <summary>Each test shows that a defect is still there. One that fails says which work-around may be removed.</summary>
public class WorkaroundTests
{
    // <elf.h>: SHT_RELA, SHT_GNU_versym
    private const uint RelocationSection = 4, SymbolVersionSection = 0x6fffffff;

    private static readonly string[] Files =
        [nameof(RelaxedShim), nameof(FinalizerPause), nameof(PlainDepthwiseLayout), nameof(PointwiseConvolution)];

    [Theory]
    [InlineData("TorchSharp", AffectedVersions.TorchSharp)]
    [InlineData("libtorch-cpu-linux-x64", AffectedVersions.LibTorch)]
    public void Package_versions_are_those_of_the_workarounds(string package, string version)
    {
        using var manifest = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "VisualSentiment.TrainingTests.deps.json")));
        string[] versions = [.. manifest.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Name.StartsWith(package + "/", StringComparison.Ordinal))
            .Select(library => library.Name[(package.Length + 1)..])];

        Assert.True(versions is [var actual] && actual == version,
            $"{package} is {string.Join(", ", versions)} instead of {version}: check in LibTorch/Workarounds whether "
            + $"{string.Join(", ", Files)} are still needed, and update {nameof(AffectedVersions)}.");
    }

    [Fact]
    public void TorchSharp_names_a_version_of_libstdcpp_for_a_symbol_that_nothing_refers_to()
    {
        byte[] image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
        byte[] marked = [.. image];
        Assert.True(ElfVersionNeeds.MarkWeak(marked, RelaxedShim.UnneededVersion), Gone(nameof(RelaxedShim)));

        // The index of the version follows the flags (LSB, symbol versioning: vna_flags, vna_other).
        int flags = image.AsSpan().CommonPrefixLength(marked);
        short version = BinaryPrimitives.ReadInt16LittleEndian(image.AsSpan(flags + 2));
        var symbols = Entries(image, SymbolVersionSection, 2).Index()
            .Where(symbol => BinaryPrimitives.ReadInt16LittleEndian(symbol.Item) == version).Select(symbol => symbol.Index).ToHashSet();
        Assert.Single(symbols);
        Assert.DoesNotContain(Entries(image, RelocationSection, 24), relocation =>
            symbols.Contains(BinaryPrimitives.ReadInt32LittleEndian(relocation.AsSpan(12))));
    }

    // What frees the numbers is chance; that nothing holds them is in the code.
    [Fact]
    public void TorchSharp_does_not_keep_numbers_alive_during_native_calls()
    {
        MethodInfo add = typeof(Tensor).GetMethod(nameof(Tensor.add_), [typeof(Tensor), typeof(Scalar)])!;
        Assert.True(typeof(Scalar).GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!
            .PropertyType == typeof(nint) && !Calls(add).Any(method => method.Name == nameof(GC.KeepAlive)), Gone(nameof(FinalizerPause)));
    }

    [Fact]
    public void Depthwise_convolutions_are_computed_wrongly_from_channels_last_input()
    {
        SkipUnlessAffectedProcessor();
        LibTorchBackend.EnsureLoaded();
        using var scope = NewDisposeScope();
        manual_seed(1);
        Tensor weight = randn(32, 1, 3, 3), input = randn(4, 16, 18, 18), factors = randn(4, 32, 16, 16);
        Tensor[] Compute(Tensor input, Tensor weight)
        {
            Tensor output = nn.functional.conv2d(input.requires_grad_(), weight.requires_grad_(), groups: 16);
            return [output, .. autograd.grad([(output * factors).sum()], [input, weight])];
        }
        Tensor[] actual = Compute(ToChannelsLast(input), ToChannelsLast(weight)), expected = Compute(input, weight);
        Assert.False(expected.Zip(actual).All(pair => allclose(pair.First, pair.Second, rtol: 1e-3, atol: 1e-3)),
            Gone(nameof(PlainDepthwiseLayout)));
    }

    [Fact]
    public async Task Pointwise_convolutions_of_residual_networks_end_the_process()
    {
        SkipUnlessAffectedProcessor();
        using var process = new FreshProcess("""
            using static TorchSharp.torch;
            Students.Paper.CountParameters(8);
            Tensor Last(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
            foreach (var (inputs, outputs, side) in new[] { (256, 1024, 14), (1024, 512, 14), (512, 2048, 7) })
                nn.functional.conv2d(Last(zeros(20, inputs, side, side)), Last(zeros(outputs, inputs, 1, 1)));
            """, FolderLayout.EverySystem);
        using Process run = process.Start();
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        // 128 and the number of SIGFPE.
        Assert.True(run.ExitCode == 136, $"{Gone(nameof(PointwiseConvolution))} {run.ExitCode}: {output}");
    }

    private static string Gone(string workaround) => $"The defect is gone: check whether {workaround} is still needed.";

    private static void SkipUnlessAffectedProcessor() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2))
            .ToDictionary(line => line[0].Trim(), line => line[^1].Trim()) is var processor
            && processor.GetValueOrDefault("vendor_id") == "AuthenticAMD" && processor.GetValueOrDefault("cpu family") == "26",
        "seen on AMD processors of family 26 only");

    private static Tensor ToChannelsLast(Tensor value) => value.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>The entries of all sections of a type.</summary>
    private static IEnumerable<byte[]> Entries(byte[] image, uint type, int entrySize)
    {
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(40));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(58)), count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(60));
        return Enumerable.Range(0, count).Select(i => table + (i * size))
            .Where(at => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at + 4)) == type)
            .SelectMany(at => image.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at + 24)),
                (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at + 32))).ToArray().Chunk(entrySize));
    }

    /// <summary>The methods that follow a call instruction; bytes that only look like one resolve to nothing or to no harm.</summary>
    private static IEnumerable<MethodBase> Calls(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int i = 0; i + 5 <= code.Length; i++)
        {
            MethodBase? called = null;
            try
            {
                // call
                if (code[i] == 0x28)
                    called = method.Module.ResolveMethod(BitConverter.ToInt32(code, i + 1));
            }
            catch (ArgumentException)
            {
                // No token.
            }
            if (called is not null)
                yield return called;
        }
    }
}
