using System.Runtime.CompilerServices;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>Finds hooks that an application has registered on a module's forward pass.</summary>
internal static class ForwardHooks
{
    /// <summary>Whether a module has a hook, not counting its children.</summary>
    public static bool Exist(Module module) => module is Module<Tensor, Tensor> hooked && HasAny(hooked);

    private static bool HasAny<TBefore, TAfter>(HookableModule<TBefore, TAfter> module) =>
        Accessors<TBefore, TAfter>.Before(module).Count > 0
        || Accessors<TBefore, TAfter>.After(module).Count > 0
        || Accessors<TBefore, TAfter>.BeforeModule(module).Count > 0
        || Accessors<TBefore, TAfter>.AfterModule(module).Count > 0;

    // TorchSharp 0.107 has no public API for this.
    private static class Accessors<TBefore, TAfter>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "pre_hooks")]
        public static extern ref Dictionary<string, TBefore> Before(HookableModule<TBefore, TAfter> module);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "post_hooks")]
        public static extern ref Dictionary<string, TAfter> After(HookableModule<TBefore, TAfter> module);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "module_pre_hooks")]
        public static extern ref Dictionary<string, Action<Module>> BeforeModule(HookableModule<TBefore, TAfter> module);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "module_post_hooks")]
        public static extern ref Dictionary<string, Action<Module>> AfterModule(HookableModule<TBefore, TAfter> module);
    }
}
