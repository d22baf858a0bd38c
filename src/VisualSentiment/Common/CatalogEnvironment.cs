using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace VisualSentiment.Common;

/// <summary>
/// The environment of an <see cref="MLContext"/> behind its catalogs. ML.NET keeps it internal; a context of our own in its
/// place would silently lose the user's seed and log.
/// </summary>
internal static class CatalogEnvironment
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
    public static extern IHostEnvironment Of(DataOperationsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
    public static extern IHostEnvironment Of(TransformsCatalog catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Microsoft.ML.Data.IInternalCatalog.get_Environment")]
    public static extern IHostEnvironment Of(Microsoft.ML.TrainCatalogBase.CatalogInstantiatorBase catalog);

    /// <summary>The seed that the <see cref="MLContext"/> was made with.</summary>
    public static int? SeedOf(IHostEnvironment environment) => GetSeed(environment);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Seed")]
    private static extern int? GetSeed(
        [UnsafeAccessorType("Microsoft.ML.Runtime.IHostEnvironmentInternal, Microsoft.ML.Core")] object environment);
}
