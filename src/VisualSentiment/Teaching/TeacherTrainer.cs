using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>Trains a teacher on labeled images, to be evaluated and to teach any number of students.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Input columns</term><description>
/// a label (text or key) and an image (path, bytes or <c>MLImage</c>)</description></item>
/// <item><term>Output columns</term><description><c>PredictedLabel</c> (key) and <c>Score</c> (vector of C probabilities)</description></item>
/// <item><term>Packages besides this one</term><description>a libtorch backend, such as libtorch-cpu-linux-x64</description></item>
/// <item><term>Exportable to ONNX</term><description>no; the student is</description></item>
/// </list>
/// </remarks>
public sealed class TeacherTrainer : IEstimator<TeacherTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly TeacherOptions _options;

    internal TeacherTrainer(IHostEnvironment environment, TeacherOptions options)
    {
        _environment = environment;
        _options = options;
    }

    /// <summary>Trains the teacher.</summary>
    /// <param name="input">The labeled images.</param>
    /// <exception cref="ArgumentException">Options are wrong; all that are wrong are listed.</exception>
    /// <exception cref="TrainingDataException">The data cannot be trained on; everything wrong is listed.</exception>
    /// <exception cref="LibTorchUnavailableException">No libtorch backend could be loaded.</exception>
    /// <exception cref="OperationCanceledException">
    /// The options' token canceled the run, or the <see cref="MLContext"/> was canceled, as AutoML does when its time is up.
    /// </exception>
    public TeacherTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _options.ThrowIfInvalid();
        return ContextCancellation.Run(_environment, cancellation => Fit(input, cancellation), _options.CancellationToken);
    }

    private TeacherTransformer Fit(IDataView input, CancellationToken cancellation)
    {
        using var log = _environment.Start(nameof(TeacherTrainer));
        TrainingRun run = TrainingRun.Start(_options, _environment, log) with { CancellationToken = cancellation };
        using var set = TrainingSet.Load(input, _options, run);
        return new TeacherTransformer(_options.Teacher.Train(set, run), _options.Teacher.Name, _options.ImageColumnName);
    }

    /// <summary>The columns that the trained teacher adds.</summary>
    /// <param name="inputSchema">The columns of the training data.</param>
    /// <exception cref="TrainingDataException">The label or image column is missing or of another type, as in <see cref="Fit(IDataView)"/>.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _options.ThrowIfColumnsUnfit(inputSchema);
        return SentimentSchema.GetOutputSchema(inputSchema);
    }
}
