using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// A stretch of work with libtorch that draws random numbers. libtorch draws initial weights and dropout from one random
/// state a process; the state that was there before comes back at the end of the stretch, so that neither another
/// training nor the application's own numbers depend on it.
/// </summary>
/// <remarks>
/// Trainings run one at a time. A network that is only inspected waits for one step of a training on another thread, not
/// for the training, because trainings call <see cref="Pause"/> between steps. Only the processor's state comes back, not
/// that of a GPU.
/// </remarks>
internal sealed class SeededTorch : IDisposable
{
    // Always entered in this order.
    private static readonly Lock Trainings = new(), Generator = new();

    private readonly bool _isTraining;
    private Tensor _before;

    private SeededTorch(long? seed, bool isTraining)
    {
        _isTraining = isTraining;
        _before = get_rng_state().DetachFromDisposeScope();
        if (seed is { } value)
            manual_seed(value);
    }

    /// <summary>Begins a training: waits for the end of others and seeds libtorch. To be disposed on the same thread.</summary>
    public static SeededTorch Begin(long seed) => Begin(seed, isTraining: true);

    /// <summary>Begins the creation of a network that is not trained. To be disposed on the same thread.</summary>
    /// <param name="seed">Decides the network's weights; null where they do not matter.</param>
    public static SeededTorch Isolate(long? seed = null) => Begin(seed, isTraining: false);

    /// <summary>
    /// Lets others have the random state, as it is outside of the training, until the result is disposed on the same
    /// thread. Code of the application is called in a pause, because it may wait for a thread that creates a network.
    /// </summary>
    public IDisposable Pause() => new Gap(this);

    public void Dispose()
    {
        set_rng_state(_before);
        _before.Dispose();
        Generator.Exit();
        if (_isTraining)
            Trainings.Exit();
    }

    private static SeededTorch Begin(long? seed, bool isTraining)
    {
        LibTorchBackend.EnsureLoaded();
        if (isTraining)
            Trainings.Enter();
        Generator.Enter();
        try
        {
            return new SeededTorch(seed, isTraining);
        }
        catch
        {
            Generator.Exit();
            if (isTraining)
                Trainings.Exit();
            throw;
        }
    }

    private sealed class Gap : IDisposable
    {
        private readonly SeededTorch _training;
        private readonly Tensor _own;

        public Gap(SeededTorch training)
        {
            _training = training;
            _own = get_rng_state().DetachFromDisposeScope();
            set_rng_state(training._before);
            Generator.Exit();
        }

        public void Dispose()
        {
            Generator.Enter();
            _training._before.Dispose();
            _training._before = get_rng_state().DetachFromDisposeScope();
            set_rng_state(_own);
            _own.Dispose();
        }
    }
}
