using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>Trains a teacher on labeled images, to evaluate it or to distill several students from it.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Input columns</term><description>
/// a label (text or key) and an image (path, bytes or <c>MLImage</c>)</description></item>
/// <item><term>Output columns</term><description>
/// <c>PredictedLabel</c> (key) and <c>Score</c> (vector of C probabilities)</description></item>
/// <item><term>Additional packages</term><description>
/// a libtorch backend, such as libtorch-cpu-linux-x64</description></item>
/// <item><term>Exportable to ONNX</term><description>
/// teachers with ONNX backbones, with <see cref="TeacherTransformer.SaveAsOnnx(string)"/></description></item>
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
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    /// <exception cref="TrainingDataException">
    /// The data cannot be used for training; the message lists all errors.
    /// </exception>
    /// <exception cref="LibTorchUnavailableException">No libtorch backend could be loaded.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token of the options or the <see cref="MLContext"/> was canceled. AutoML cancels the context when its time
    /// limit is reached.
    /// </exception>
    public TeacherTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _options.ThrowIfInvalid();
        return ContextCancellation.Run(
            _environment, cancellation => Fit(input, cancellation), _options.CancellationToken);
    }

    private TeacherTransformer Fit(IDataView input, CancellationToken cancellation)
    {
        using var log = _environment.Start(nameof(TeacherTrainer));
        TrainingRun run = TrainingRun.Start(_options, _environment, log) with { CancellationToken = cancellation };
        using var set = TrainingSet.Load(input, _options, run);
        return new TeacherTransformer(_options.Teacher.Train(set, run), _options.Teacher,
            _options.ImageColumnName, input.Schema[_options.ImageColumnName].Type);
    }

    /// <summary>Returns the schema with the output columns of the trained teacher added.</summary>
    /// <param name="inputSchema">The schema of the training data.</param>
    /// <exception cref="TrainingDataException">
    /// The label or image column is missing or has the wrong type, as in <see cref="Fit(IDataView)"/>.
    /// </exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _options.ThrowIfColumnsUnfit(inputSchema);
        return SentimentSchema.GetOutputSchema(inputSchema);
    }
}
