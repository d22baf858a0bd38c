using System.Globalization;
using System.Numerics.Tensors;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>Several teachers of any kinds, whose probabilities are averaged.</summary>
/// <param name="members">The teachers, each with its weight.</param>
internal sealed class EnsembleTeacher(IReadOnlyList<(Teacher Teacher, double Weight)> members) : Teacher
{
    public override string Name => $"ensemble of {string.Join(", ", members.Select(member => member.Teacher.Name))}";

    internal override IEnumerable<string> FindMistakes()
    {
        if (members.Count == 0)
            yield return "the ensemble has no teachers";
        foreach (var (teacher, weight) in members)
        {
            if (!(weight > 0) || double.IsInfinity(weight))
                yield return string.Create(CultureInfo.InvariantCulture, $"the weight of {teacher.Name} in the ensemble is {weight}; it must be above 0");
            foreach (string mistake in teacher.FindMistakes())
                yield return mistake;
        }
    }

    internal override ReadyTeacher Prepare(TrainingSet set, TrainingRun run)
    {
        List<(ReadyTeacher Teacher, float Share)> ready = [];
        double total = members.Sum(member => member.Weight);
        try
        {
            foreach (var (teacher, weight) in members)
                ready.Add((teacher.Prepare(set, run), (float)(weight / total)));
            return new Ready(ready, set.Classes.Count);
        }
        catch
        {
            ready.ForEach(member => member.Teacher.Dispose());
            throw;
        }
    }

    private sealed class Ready(IReadOnlyList<(ReadyTeacher Teacher, float Share)> members, int classes) : ReadyTeacher(classes)
    {
        public override bool LooksAtPixels => members.All(member => member.Teacher.LooksAtPixels);

        public override bool IsConcurrent => members.All(member => member.Teacher.IsConcurrent);

        public override long MixGroupOf(int picture) =>
            members.Aggregate(0L, (group, member) => unchecked(group * 1_000_003 + member.Teacher.MixGroupOf(picture)));

        public override ReadyTeacher ReadingFrom(CachedBackbone features) =>
            new Ready([.. members.Select(member => (member.Teacher.ReadingFrom(features), member.Share))], Classes);

        public override void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> logits)
        {
            float[] one = new float[logits.Length];
            logits.Clear();
            foreach (var (teacher, share) in members)
            {
                teacher.ComputeLogits(pictures, pixels, one);
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
