using VisualSentiment.Distillation;

namespace VisualSentiment;

/// <summary>
/// Complete training options, except for the teacher. Adapt one with a <c>with</c> expression, for example
/// <c>DistillationRecipes.Accurate with { Teacher = Teachers.ResNet18(), CacheFolder = "cache" }</c>.
/// </summary>
public static class DistillationRecipes
{
    /// <summary>Gets the default: a pretrained student, features, linear probe, and soft targets.</summary>
    public static KnowledgeDistillationOptions Balanced { get; } = new();

    /// <summary>Gets <see cref="Balanced"/> with fewer views and epochs, for a first try.</summary>
    public static KnowledgeDistillationOptions Fast { get; } = Balanced with
    {
        Recipe = nameof(Fast),
        Augmentation = new ImageAugmentation { Views = 4 },
        Features = new FeatureDistillationOptions { Epochs = 4 },
        Epochs = 8,
    };

    /// <summary>Gets <see cref="Balanced"/> with more views and epochs.</summary>
    public static KnowledgeDistillationOptions Accurate { get; } = Balanced with
    {
        Recipe = nameof(Accurate),
        Augmentation = new ImageAugmentation { Views = 16 },
        Features = new FeatureDistillationOptions { Epochs = 20 },
        Epochs = 30,
    };

    /// <summary>
    /// Gets the paper's options: <see cref="Students.Paper"/> from random weights, soft targets at temperature 4, ten
    /// epochs of Adam with a constant learning rate.
    /// </summary>
    public static KnowledgeDistillationOptions Paper { get; } = new()
    {
        Recipe = nameof(Paper),
        Student = Students.Paper,
        Loss = DistillationLosses.SoftTarget(4),
        Features = null,
        LinearProbe = false,
        Epochs = 10,
        LearningRateSchedule = LearningRateSchedule.Constant,
        WeightDecay = 0,
        Augmentation = null,
    };
}
