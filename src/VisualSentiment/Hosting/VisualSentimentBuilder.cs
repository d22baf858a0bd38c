using Microsoft.Extensions.Options;
using VisualSentiment;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures a detector that <c>AddVisualSentiment</c> has added.</summary>
public sealed class VisualSentimentBuilder
{
    internal const string DefaultName = "default";

    internal VisualSentimentBuilder(IServiceCollection services, string name) => (Services, Name) = (services, name);

    /// <summary>Gets the services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Gets the name of the model, which is the key of its services; <c>default</c> for <c>AddVisualSentiment</c>.
    /// </summary>
    public string Name { get; }

    internal string OptionsName => Name == DefaultName ? Options.Options.DefaultName : Name;

    /// <summary>
    /// Replaces the model when its file changes, without interrupting predictions. This sets
    /// <see cref="VisualSentimentOptions.HotReload"/>.
    /// </summary>
    /// <returns>The same builder.</returns>
    public VisualSentimentBuilder WithHotReload()
    {
        Services.Configure<VisualSentimentOptions>(OptionsName, options => options.HotReload = true);
        return this;
    }
}
