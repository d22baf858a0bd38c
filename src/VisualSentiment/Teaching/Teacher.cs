using System.Security.Cryptography;
using Microsoft.ML;
using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// A source of logits for the training images of a student. <see cref="Teachers"/> creates all kinds of teachers.
/// Distillation does not change a teacher.
/// </summary>
public abstract class Teacher
{
    private protected Teacher()
    {
    }

    /// <summary>Gets a short name for logs and the metadata of exported models.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The name with all settings that affect the logits. Paths of files are left out, because exported models and
    /// reports contain it.
    /// </summary>
    internal virtual string Description => Name;

    /// <summary>
    /// Returns the description and hashes of the files or the model that it only names, to tell one teacher from
    /// another. The hashes of large files take seconds.
    /// </summary>
    internal virtual string Fingerprint() => Description;

    /// <summary>How the models of this library that it consists of read images; a trainable teacher has none yet.</summary>
    internal virtual IEnumerable<ImageFit> Fits => [];

    /// <summary>Returns the errors in the settings that can be detected without data.</summary>
    internal abstract IEnumerable<string> FindErrors();

    /// <summary>Whether the teacher has a backbone that computes features without training.</summary>
    internal virtual bool HasFeatures => false;

    /// <summary>Opens the backbone of a teacher that has features.</summary>
    internal virtual CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) =>
        throw new NotSupportedException($"The teacher '{Name}' has no backbone; use one such as Teachers.Onnx.");

    /// <summary>Prepares the teacher for the images of a set. A trainable teacher is trained.</summary>
    /// <exception cref="InvalidOperationException">The teacher's classes or their order differ.</exception>
    internal abstract PreparedTeacher Prepare(TrainingSet set, TrainingRun run);

    /// <summary>Reads the scores of the labeled images from a column of the data or of a model's output.</summary>
    private protected PreparedScoreTeacher PrepareScores(TrainingSet set, string column, TeacherScoreKind kind,
        Func<IDataView, IDataView> score)
    {
        List<float> logits = [];
        foreach (var (data, rows) in set.Sources)
        {
            IDataView scored = score(data);
            if (ScoreColumn.ReadClasses(scored.Schema, column) is { } known)
                ThrowIfOtherClasses(known, set.Classes);
            logits.AddRange(ScoreColumn.ReadLogits(scored, column, kind, rows, set.Classes.Count));
        }
        return new PreparedScoreTeacher([.. logits], set.Classes.Count);
    }

    private protected static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <exception cref="InvalidOperationException">The classes or their order differ.</exception>
    private protected void ThrowIfOtherClasses(IReadOnlyList<string> own, IReadOnlyList<string> labels)
    {
        if (own.SequenceEqual(labels, StringComparer.Ordinal))
            return;
        string difference = own.ToHashSet(StringComparer.Ordinal).SetEquals(labels)
            ? "the classes of the label column in another order" : "other classes than the label column";
        throw new InvalidOperationException($"The teacher '{Name}' has {difference}, so its logits cannot be used."
            + $"{Environment.NewLine}  teacher: {string.Join(", ", own)}"
            + $"{Environment.NewLine}  labels:  {string.Join(", ", labels)}{Environment.NewLine}"
            + "Use text labels, or keys with keyOrdinality: ByValue, for both, or train the teacher on these labels.");
    }
}
