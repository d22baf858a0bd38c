using System.Numerics.Tensors;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>
/// A teacher trained once per fold, each time without the images of the fold. Training images are scored by the model
/// that was trained without them, because soft targets of memorized images are hardly more than labels. Other images
/// are scored by the average of all models.
/// </summary>
internal sealed class OutOfFoldTeacher(TrainableTeacher teacher, int folds) : TrainableTeacher
{
    public override string Name => $"{teacher.Name}, {folds} folds";

    internal override string Description => $"{teacher.Description}, {folds} folds";

    internal override string Fingerprint() => $"{teacher.Fingerprint()}, {folds} folds";

    internal override IEnumerable<string> FindErrors() =>
        folds >= 2 ? teacher.FindErrors()
        : teacher.FindErrors().Prepend($"{teacher.Name}: the number of folds is {folds}; it must be at least 2");

    internal override bool HasFeatures => teacher.HasFeatures;

    internal override CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) =>
        teacher.OpenFeatures(run, mapSides);

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run)
    {
        var foldOf = AssignFolds(set, run.Seed);
        UInt128[] keys = [.. set.TrainingPart.Select(image => TeacherCache.KeyOf(set.Pixels[image]))];
        IReadOnlyList<int>[] parts = [.. Enumerable.Range(0, folds).Select(fold =>
            (IReadOnlyList<int>)[.. set.TrainingPart.Where((_, i) => foldOf[keys[i]] != fold)])];
        IReadOnlyList<TrainedTeacher> members = teacher.TrainOnParts(set, parts, run);
        return new OutOfFoldTrained(members, foldOf);
    }

    // By content, so that copies of an image are in the same fold.
    private Dictionary<UInt128, int> AssignFolds(TrainingSet set, int seed)
    {
        var random = new Random(seed);
        Dictionary<UInt128, int> foldOf = [];
        int next = 0;
        foreach (var images in set.TrainingPart.GroupBy(image => set.Labels[image]).OrderBy(group => group.Key))
        {
            UInt128[] contents = [.. images.Select(image => TeacherCache.KeyOf(set.Pixels[image])).Distinct()];
            if (contents.Length < 2)
                throw new TrainingDataException([$"the class '{set.Classes[images.Key]}' has one image to train on; "
                    + "out-of-fold teachers need at least two. Add images, or train without folds"]);
            random.Shuffle(contents);
            foreach (UInt128 content in contents)
                foldOf.TryAdd(content, next++ % folds);
        }
        return foldOf;
    }
}

/// <summary>The trained members of an <see cref="OutOfFoldTeacher"/>. Owns them.</summary>
/// <param name="members">The model of each fold, trained without its images.</param>
/// <param name="foldOf">The fold of each training image by the hash of its pixels.</param>
internal sealed class OutOfFoldTrained(
    IReadOnlyList<TrainedTeacher> members, IReadOnlyDictionary<UInt128, int> foldOf) : TrainedTeacher(
    new AveragingClassifier([.. members.Select(member => member.Classifier)]), members.Sum(member => member.Parameters),
    [.. members.SelectMany(member => member.History)])
{
    public override PreparedTeacher Prepare(TrainingSet set, TrainingRun run) => new Prepared(
        [.. members.Select(member => member.Prepare(set, run))],
        [.. Enumerable.Range(0, set.Count)
            .Select(image => foldOf.GetValueOrDefault(TeacherCache.KeyOf(set.Pixels[image]), -1))],
        set.Classes.Count);

    private sealed class Prepared(IReadOnlyList<PreparedTeacher> members, int[] foldOf, int classes)
        : PreparedTeacher(classes)
    {
        public override bool IsConcurrent => members.All(member => member.IsConcurrent);

        // Each member was trained on all folds but one, and so on a part of any mix of two folds.
        public override long MixGroupOf(int image) => FoldOf(image) ?? members.Count;

        public override PreparedTeacher WithSharedBackbone(CachedBackbone features) =>
            new Prepared([.. members.Select(member => member.WithSharedBackbone(features))], foldOf, Classes);

        public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits)
        {
            for (int i = 0; i < images.Length; i++)
            {
                ReadOnlySpan<int> image = images.Slice(i, 1);
                var imagePixels = pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount);
                Span<float> row = logits.Slice(i * Classes, Classes);
                if (FoldOf(images[i]) is { } fold)
                    members[fold].ComputeLogits(image, imagePixels, row);
                else
                    Average(image, imagePixels, row);
            }
        }

        public override void Dispose()
        {
            foreach (PreparedTeacher member in members)
                member.Dispose();
        }

        // Null if no member was trained on the image.
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

/// <summary>
/// Averages the probabilities of several classifiers, not their logits, which would give members with large logits more
/// weight. Owns its members.
/// </summary>
internal sealed class AveragingClassifier(IReadOnlyList<PixelClassifier> members) : PixelClassifier
{
    public override IReadOnlyList<string> Classes => members[0].Classes;

    public override ImageFit Fit => members[0].Fit;

    public override bool IsConcurrent => members.All(member => member.IsConcurrent);

    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities)
    {
        float[] one = new float[probabilities.Length];
        probabilities.Clear();
        foreach (PixelClassifier member in members)
        {
            member.Score(pixels, count, one);
            TensorPrimitives.MultiplyAdd(one, 1f / members.Count, probabilities, probabilities);
        }
    }

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits)
    {
        Score(pixels, count, logits);
        Probabilities.ToLogits(logits);
    }

    public override void Dispose()
    {
        foreach (PixelClassifier member in members)
            member.Dispose();
    }
}
