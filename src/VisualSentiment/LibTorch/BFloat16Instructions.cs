using System.Runtime.Intrinsics.X86;
using Microsoft.ML.Runtime;

namespace VisualSentiment.LibTorch;

/// <summary>The processor's instructions for bfloat16, without which libtorch computes it, but more slowly than 32 bits.</summary>
/// <remarks>
/// AVX512_BF16; processors with AMX have it too. .NET 10 knows no class of its own for it. On Arm it has not been tried.
/// </remarks>
internal static class BFloat16Instructions
{
    // CPUID, leaf 7, subleaf 1, EAX: Intel's Architecture Instruction Set Extensions Programming Reference.
    private const int Leaf = 7, Subleaf = 1, Avx512Bf16 = 1 << 5;

    /// <summary>Whether the processor has them, and the system lets them be used.</summary>
    public static bool AreAvailable { get; } = Avx512BW.IsSupported && (X86Base.CpuId(Leaf, Subleaf).Eax & Avx512Bf16) != 0;

    /// <summary>The precision that an option comes to here; where it is another one, the log says so.</summary>
    public static TrainingPrecision Resolve(TrainingPrecision wanted, IChannel log) => Resolve(wanted, AreAvailable, log);

    /// <summary>As above, with what there is given, for tests.</summary>
    internal static TrainingPrecision Resolve(TrainingPrecision wanted, bool available, IChannel log)
    {
        if (wanted == TrainingPrecision.Float32 || available)
            return wanted;
        log.Warning(MessageSensitivity.None, "{0} is {1}, but this processor has no instructions for it (AVX512_BF16): training computes in 32 bits.",
            nameof(ImageTrainingOptions.Precision), wanted);
        return TrainingPrecision.Float32;
    }
}
