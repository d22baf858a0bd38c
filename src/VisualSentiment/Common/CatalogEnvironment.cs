using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace VisualSentiment.Common;

/// <summary>
/// Gets the environment of an <see cref="MLContext"/> from its catalogs. ML.NET keeps it internal; an environment of
/// our own would lose the user's seed and log without notice.
/// </summary>
internal static class CatalogEnvironment
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
    public static extern IHostEnvironment Of(DataOperationsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
    public static extern IHostEnvironment Of(TransformsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
    public static extern IHostEnvironment Of(Microsoft.ML.TrainCatalogBase.CatalogInstantiatorBase catalog);

    /// <summary>The seed of the <see cref="MLContext"/>.</summary>
    public static int? SeedOf(IHostEnvironment environment) => GetSeed(environment);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Seed")]
    private static extern int? GetSeed(
        [UnsafeAccessorType("Microsoft.ML.Runtime.IHostEnvironmentInternal, Microsoft.ML.Core")] object environment);
}
