using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>
/// A teacher trained several times, each time without one part of the images. About an image it learned from, only the
/// one that did not see it speaks: a teacher that knows an image by heart would say no more than its label does. About all
/// other images they speak together.
/// </summary>
internal sealed class OutOfFoldTeacher(TrainableTeacher teacher, int folds) : TrainableTeacher
{
    public override string Name => $"{teacher.Name}, {folds} folds";

    internal override IEnumerable<string> FindErrors() =>
        [.. folds >= 2 ? (IEnumerable<string>)[] : [$"{teacher.Name}: {folds} fold; at least 2 are needed"], .. teacher.FindErrors()];

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run)
    {
        var foldOf = Assign(set, run.Seed);
        UInt128[] keys = [.. set.TrainingPart.Select(image => TeacherCache.KeyOf(set.Pixels[image]))];
        IReadOnlyList<int>[] parts = [.. Enumerable.Range(0, folds).Select(fold =>
            (IReadOnlyList<int>)[.. set.TrainingPart.Where((_, i) => foldOf[keys[i]] != fold)])];
        IReadOnlyList<TrainedTeacher> members = teacher.TrainOnParts(set, parts, run);
        return new OutOfFoldTrained(members, foldOf);
    }

    // By content, so that an image that is there twice is not taught by a teacher that saw its twin.
    private Dictionary<UInt128, int> Assign(TrainingSet set, int seed)
    {
        var random = new Random(seed);
        Dictionary<UInt128, int> foldOf = [];
        int next = 0;
        foreach (var images in set.TrainingPart.GroupBy(image => set.Labels[image]).OrderBy(group => group.Key))
        {
            UInt128[] contents = [.. images.Select(image => TeacherCache.KeyOf(set.Pixels[image])).Distinct()];
            if (contents.Length < 2)
                throw new TrainingDataException([$"the class '{set.Classes[images.Key]}' has one image to train on; teachers of "
                    + "different folds need at least two, so that each of them has one. Add images, or train without folds"]);
            random.Shuffle(contents);
            foreach (UInt128 content in contents)
                foldOf.TryAdd(content, next++ % folds);
        }
        return foldOf;
    }
}
