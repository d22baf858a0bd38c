using VisualSentiment.Imaging;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>The trained members of an <see cref="OutOfFoldTeacher"/>. Owns them.</summary>
/// <param name="members">One for each fold, which it did not learn from.</param>
/// <param name="foldOf">The fold of each picture learned from, by its content.</param>
internal sealed class OutOfFoldTrained(IReadOnlyList<TrainedTeacher> members, IReadOnlyDictionary<UInt128, int> foldOf) : TrainedTeacher(
    new AveragingClassifier([.. members.Select(member => member.Classifier)]), members.Sum(member => member.Parameters),
    [.. members.SelectMany(member => member.History)])
{
    public override ReadyTeacher Prepare(TrainingSet set, TrainingRun run) => new Ready(
        [.. members.Select(member => member.Prepare(set, run))],
        [.. Enumerable.Range(0, set.Count).Select(picture => foldOf.GetValueOrDefault(TeacherCache.KeyOf(set.Pixels[picture]), -1))],
        set.Classes.Count);

    private sealed class Ready(IReadOnlyList<ReadyTeacher> members, int[] foldOf, int classes) : ReadyTeacher(classes)
    {
        public override bool IsConcurrent => members.All(member => member.IsConcurrent);

        // Each member is trained on all folds but one, so that of a mix of two folds every member has seen a part.
        public override long MixGroupOf(int picture) => FoldOf(picture) ?? members.Count;

        public override ReadyTeacher ReadingFrom(CachedBackbone features) =>
            new Ready([.. members.Select(member => member.ReadingFrom(features))], foldOf, Classes);

        public override void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> logits)
        {
            for (int i = 0; i < pictures.Length; i++)
            {
                ReadOnlySpan<int> picture = pictures.Slice(i, 1);
                var seen = pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount);
                Span<float> row = logits.Slice(i * Classes, Classes);
                if (FoldOf(pictures[i]) is { } fold)
                    members[fold].ComputeLogits(picture, seen, row);
                else
                    Average(picture, seen, row);
            }
        }

        public override void Dispose()
        {
            foreach (ReadyTeacher member in members)
                member.Dispose();
        }

        // Null for an image that no member was trained on.
        private int? FoldOf(int picture) =>
            picture < foldOf.Length && foldOf[picture] is >= 0 and var fold ? fold : null;

        private void Average(ReadOnlySpan<int> picture, ReadOnlySpan<byte> pixels, Span<float> row)
        {
            Span<float> one = stackalloc float[row.Length];
            row.Clear();
            foreach (ReadyTeacher member in members)
            {
                member.ComputeLogits(picture, pixels, one);
                Probabilities.FromLogits(one, Classes);
                for (int c = 0; c < row.Length; c++)
                    row[c] += one[c] / members.Count;
            }
            Probabilities.ToLogits(row);
        }
    }
}
