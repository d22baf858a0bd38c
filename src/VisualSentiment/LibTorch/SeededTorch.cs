using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// A stretch of work with libtorch that a seed decides. libtorch draws initial weights and dropout from one random state
/// a process, so one such stretch runs at a time; the state that was there before comes back at its end.
/// </summary>
internal sealed class SeededTorch : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly Tensor _before;

    private SeededTorch(long seed)
    {
        _before = get_rng_state().DetachFromDisposeScope();
        manual_seed(seed);
    }

    /// <summary>Waits for its turn and seeds libtorch. To be disposed on the same thread.</summary>
    public static SeededTorch Begin(long seed)
    {
        LibTorchBackend.EnsureLoaded();
        Gate.Enter();
        try
        {
            return new SeededTorch(seed);
        }
        catch
        {
            Gate.Exit();
            throw;
        }
    }

    public void Dispose()
    {
        set_rng_state(_before);
        _before.Dispose();
        Gate.Exit();
    }
}
