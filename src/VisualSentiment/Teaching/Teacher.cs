using Microsoft.ML;
using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// What a student learns from: something that has logits for every training image. The kinds of teachers are in
/// <see cref="Teachers"/>. Distillation never changes a teacher.
/// </summary>
public abstract class Teacher
{
    private protected Teacher()
    {
    }

    /// <summary>A short name, for logs and the metadata of exported models.</summary>
    public abstract string Name { get; }

    /// <summary>What is wrong with the teacher's settings, as far as that can be known without data.</summary>
    internal abstract IEnumerable<string> FindErrors();

    /// <summary>Whether the teacher has a backbone whose features it can compute before it has learned any classes.</summary>
    internal virtual bool HasFeatures => false;

    /// <summary>Opens the backbone of a teacher that has features.</summary>
    internal virtual CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) => throw new NotSupportedException($"The teacher '{Name}' has no features.");

    /// <summary>Makes the teacher ready to be asked about the images of a set; one that has to be trained is trained now.</summary>
    /// <exception cref="InvalidOperationException">The teacher knows other classes, or knows them in another order.</exception>
    internal abstract PreparedTeacher Prepare(TrainingSet set, TrainingRun run);

    /// <summary>Reads the scores of the labeled images from a column of the data, as it is or after a model.</summary>
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

    /// <exception cref="InvalidOperationException">The teacher knows other classes, or knows them in another order.</exception>
    private protected void ThrowIfOtherClasses(IReadOnlyList<string> known, IReadOnlyList<string> wanted)
    {
        if (known.SequenceEqual(wanted, StringComparer.Ordinal))
            return;
        string difference = known.Order(StringComparer.Ordinal).SequenceEqual(wanted.Order(StringComparer.Ordinal), StringComparer.Ordinal)
            ? "the classes of the label column in another order" : "other classes than the label column";
        throw new InvalidOperationException($"The teacher '{Name}' has {difference}, so its logits would teach the wrong thing."
            + $"{Environment.NewLine}  teacher: {string.Join(", ", known)}{Environment.NewLine}  labels:  {string.Join(", ", wanted)}{Environment.NewLine}"
            + "Use text labels, or a key with keyOrdinality: ByValue, for both, or train the teacher on these labels.");
    }
}
