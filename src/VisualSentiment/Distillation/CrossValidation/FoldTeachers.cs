using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Teaching;

namespace VisualSentiment.Distillation.CrossValidation;

/// <summary>
/// The teachers that were trained on the training images of a fold. Recipes with the same instance share one.
/// </summary>
/// <param name="environment">The environment.</param>
/// <param name="images">The training images of the fold.</param>
/// <param name="starts">Is called before a teacher is trained.</param>
internal sealed class FoldTeachers(IHostEnvironment environment, IDataView images, Action<Teacher>? starts = null)
    : IDisposable
{
    // Recipes that read other pixels or other training images cannot share a teacher.
    private readonly Dictionary<(TrainableTeacher, string, ImageFit, double, int?), TeacherTransformer> _trained = [];

    /// <summary>Returns the teacher of a recipe, which is trained with the recipe's seed unless it was already.</summary>
    public TeacherTransformer Train(TrainableTeacher teacher, KnowledgeDistillationOptions recipe)
    {
        var key = (teacher, recipe.ImageColumnName, recipe.ImageFit, recipe.ValidationFraction, recipe.Seed);
        if (_trained.TryGetValue(key, out TeacherTransformer? model))
            return model;
        starts?.Invoke(teacher);
        return _trained[key] = new TeacherTrainer(environment, new TeacherOptions
        {
            Teacher = teacher,
            LabelColumnName = recipe.LabelColumnName,
            ImageColumnName = recipe.ImageColumnName,
            ImageFit = recipe.ImageFit,
            ValidationFraction = recipe.ValidationFraction,
            CacheFolder = recipe.CacheFolder,
            CacheLimit = recipe.CacheLimit,
            Seed = recipe.Seed,
            Device = recipe.Device,
            Progress = recipe.Progress,
            CancellationToken = recipe.CancellationToken,
        }).Fit(images);
    }

    public void Dispose()
    {
        foreach (TeacherTransformer model in _trained.Values)
            model.Dispose();
    }
}
