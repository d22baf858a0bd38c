using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A trained ML.NET model whose score column has probabilities.</summary>
internal sealed class ModelTeacher(ITransformer model, string scoreColumn) : Teacher
{
    public override string Name => model is TeacherTransformer teacher ? teacher.Name : model.GetType().Name;

    /// <summary>The model, if evaluations can find its scores; null otherwise.</summary>
    public ITransformer? Evaluated =>
        model is SentimentTransformer || scoreColumn == ScoreColumns.Score ? model : null;

    internal override string Description => model is TeacherTransformer teacher ? teacher.Source.Description : Name;

    internal override IEnumerable<ImageFit> Fits => model switch
    {
        TeacherTransformer teacher => [teacher.Trained.Classifier.Fit],
        SentimentTransformer student => [student.Classifier.Fit],
        _ => [],
    };

    // A trained teacher has no file, so its logits for fixed noise identify it. Types identify models of ML.NET.
    internal override string Fingerprint()
    {
        using var content = new MemoryStream();
        if (model is SentimentTransformer student)
            student.SaveAsOnnx(content);
        else if (model is TeacherTransformer { Trained.Classifier: var classifier })
        {
            byte[] noise = new byte[PixelFormat.ByteCount];
            new Random(1).NextBytes(noise);
            float[] logits = new float[classifier.Classes.Count];
            classifier.Logits(noise, 1, logits);
            content.Write(MemoryMarshal.AsBytes(logits.AsSpan()));
        }
        return $"{Description}, {Convert.ToHexStringLower(SHA256.HashData(content.ToArray()))}";
    }

    internal override IEnumerable<string> FindErrors() => [];

    internal override bool HasFeatures => model is TeacherTransformer { Source.HasFeatures: true };

    internal override CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) =>
        model is TeacherTransformer teacher ? teacher.Source.OpenFeatures(run, mapSides)
        : base.OpenFeatures(run, mapSides);

    internal override PreparedTeacher Prepare(TrainingSet set, TrainingRun run)
    {
        // Models of this library use the decoded pixels, and their logits are not computed from rounded probabilities.
        if (model is TeacherTransformer { Trained: var trained })
        {
            ThrowIfOtherClasses(trained.Classifier.Classes, set.Classes);
            return trained.Prepare(set, run);
        }
        if (model is SentimentTransformer { Classifier: var student })
        {
            ThrowIfOtherClasses(student.Classes, set.Classes);
            return new PreparedPixelTeacher(student);
        }
        return PrepareScores(set, scoreColumn, TeacherScoreKind.Probabilities, model.Transform);
    }
}
