namespace VisualSentiment.Networks;

/// <summary>A network of this library that keeps nothing of a computation and draws no random numbers, if the modules in it do not.</summary>
internal interface IStateless;
