using VisualSentiment.Imaging;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>The trained members of an <see cref="OutOfFoldTeacher"/>. Owns them.</summary>
/// <param name="members">One for each fold, which it did not learn from.</param>
/// <param name="foldOf">The fold of each image learned from, by its content.</param>
internal sealed class OutOfFoldTrained(IReadOnlyList<TrainedTeacher> members, IReadOnlyDictionary<UInt128, int> foldOf) : TrainedTeacher(
    new AveragingClassifier([.. members.Select(member => member.Classifier)]), members.Sum(member => member.Parameters),
    [.. members.SelectMany(member => member.History)])
{
    public override PreparedTeacher Prepare(TrainingSet set, TrainingRun run) => new Ready(
        [.. members.Select(member => member.Prepare(set, run))],
        [.. Enumerable.Range(0, set.Count).Select(image => foldOf.GetValueOrDefault(TeacherCache.KeyOf(set.Pixels[image]), -1))],
        set.Classes.Count);

    private sealed class Ready(IReadOnlyList<PreparedTeacher> members, int[] foldOf, int classes) : PreparedTeacher(classes)
    {
        public override bool IsConcurrent => members.All(member => member.IsConcurrent);

        // Each member is trained on all folds but one, so that of a mix of two folds every member has seen a part.
        public override long MixGroupOf(int image) => FoldOf(image) ?? members.Count;

        public override PreparedTeacher WithSharedBackbone(CachedBackbone features) =>
            new Ready([.. members.Select(member => member.WithSharedBackbone(features))], foldOf, Classes);

        public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits)
        {
            for (int i = 0; i < images.Length; i++)
            {
                ReadOnlySpan<int> image = images.Slice(i, 1);
                var seen = pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount);
                Span<float> row = logits.Slice(i * Classes, Classes);
                if (FoldOf(images[i]) is { } fold)
                    members[fold].ComputeLogits(image, seen, row);
                else
                    Average(image, seen, row);
            }
        }

        public override void Dispose()
        {
            foreach (PreparedTeacher member in members)
                member.Dispose();
        }

        // Null for an image that no member was trained on.
        private int? FoldOf(int image) =>
            image < foldOf.Length && foldOf[image] is >= 0 and var fold ? fold : null;

        private void Average(ReadOnlySpan<int> image, ReadOnlySpan<byte> pixels, Span<float> row)
        {
            Span<float> one = stackalloc float[row.Length];
            row.Clear();
            foreach (PreparedTeacher member in members)
            {
                member.ComputeLogits(image, pixels, one);
                Probabilities.FromLogits(one, Classes);
                for (int c = 0; c < row.Length; c++)
                    row[c] += one[c] / members.Count;
            }
            Probabilities.ToLogits(row);
        }
    }
}
