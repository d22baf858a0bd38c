using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// Seeds libtorch's random numbers, until it is disposed. libtorch draws initial weights and dropout from one generator
/// per process; its earlier state is restored at the end, so that other trainings and the application are not affected.
/// </summary>
/// <remarks>
/// Trainings run one at a time. The creation of a network for inspection waits for one step of a training on another
/// thread, because trainings call <see cref="Pause"/> between steps. Only the state of the CPU generator is restored.
/// </remarks>
internal sealed class SeededTorch : IDisposable
{
    // Entered in this order.
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

    /// <summary>Waits for other trainings to end and seeds libtorch. The result must be disposed on the same thread.</summary>
    public static SeededTorch Begin(long seed) => Begin(seed, isTraining: true);

    /// <summary>Seeds libtorch for a network that is not trained. The result must be disposed on the same thread.</summary>
    /// <param name="seed">The seed; null if the weights do not matter.</param>
    public static SeededTorch Isolate(long? seed = null) => Begin(seed, isTraining: false);

    /// <summary>
    /// Releases the generator, in its state outside of the training, until the result is disposed on the same thread.
    /// Code of the application is called in a pause, because it may wait for a thread that creates a network.
    /// </summary>
    public IDisposable Pause() => new Paused(this);

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

    private sealed class Paused : IDisposable
    {
        private readonly SeededTorch _training;
        private readonly Tensor _own;

        public Paused(SeededTorch training)
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
