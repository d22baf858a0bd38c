using System.Globalization;
using System.Numerics.Tensors;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A weighted average of the probabilities of several teachers.</summary>
internal sealed class EnsembleTeacher(IReadOnlyList<(Teacher Teacher, double Weight)> members) : Teacher
{
    public override string Name => $"ensemble of {string.Join(", ", members.Select(member => member.Teacher.Name))}";

    internal override string Description => "ensemble of " + string.Join("; ", members.Select(member =>
        string.Create(CultureInfo.InvariantCulture, $"{member.Teacher.Description} with weight {member.Weight}")));

    internal override string Fingerprint() =>
        $"{Description}; {string.Join("; ", members.Select(member => member.Teacher.Fingerprint()))}";

    internal override IEnumerable<ImageFit> Fits => members.SelectMany(member => member.Teacher.Fits);

    internal override IEnumerable<string> FindErrors()
    {
        if (members.Count == 0)
            yield return "the ensemble has no teachers";
        foreach (var (teacher, weight) in members)
        {
            if (!(weight > 0) || double.IsInfinity(weight))
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"the weight of {teacher.Name} in the ensemble is {weight}; it must be above 0");
            foreach (string error in teacher.FindErrors())
                yield return error;
        }
    }

    internal override PreparedTeacher Prepare(TrainingSet set, TrainingRun run)
    {
        List<(PreparedTeacher Teacher, float Share)> prepared = [];
        double total = members.Sum(member => member.Weight);
        try
        {
            foreach (var (teacher, weight) in members)
                prepared.Add((teacher.Prepare(set,
                    run with { CheckpointSuffix = $"{run.CheckpointSuffix}-{prepared.Count + 1}" }),
                    (float)(weight / total)));
            return new Prepared(prepared, set.Classes.Count);
        }
        catch
        {
            prepared.ForEach(member => member.Teacher.Dispose());
            throw;
        }
    }

    private sealed class Prepared(IReadOnlyList<(PreparedTeacher Teacher, float Share)> members, int classes)
        : PreparedTeacher(classes)
    {
        public override bool RequiresPixels => members.All(member => member.Teacher.RequiresPixels);

        public override bool IsConcurrent => members.All(member => member.Teacher.IsConcurrent);

        public override long MixGroupOf(int image) =>
            members.Aggregate(0L, (group, member) => unchecked(group * 1_000_003 + member.Teacher.MixGroupOf(image)));

        public override PreparedTeacher WithSharedBackbone(CachedBackbone features) =>
            new Prepared([.. members.Select(member =>
                (member.Teacher.WithSharedBackbone(features), member.Share))], Classes);

        public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits)
        {
            float[] one = new float[logits.Length];
            logits.Clear();
            foreach (var (teacher, share) in members)
            {
                teacher.ComputeLogits(images, pixels, one);
                Probabilities.FromLogits(one, Classes);
                TensorPrimitives.MultiplyAdd(one, share, logits, logits);
            }
            Probabilities.ToLogits(logits);
        }

        public override void Dispose()
        {
            foreach (var (teacher, _) in members)
                teacher.Dispose();
        }
    }
}
