using System.CommandLine;
using VisualSentiment.Distillation;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Validation;
using VisualSentiment;

namespace Distill;

/// <summary>The options of the sample.</summary>
internal static class CommandLine
{
    public static RootCommand Create(Func<DistillSettings, CancellationToken, int> run)
    {
        Option<string?> data = new("--data") { Description = "A folder with a folder of images for each class, a folder named as ArtPhoto's, or a .csv of files and labels. Without it, the sample paints images in eight moods." };
        Option<string> teacher = new("--teacher") { Description = $"The teacher: {TeacherChoice.Help}.", DefaultValueFactory = _ => TeacherChoice.ConvNet };
        Option<string?> weights = new("--weights") { Description = "Pretrained weights for resnet50 or vgg16: a .safetensors file, or 'imagenet' to download ResNet-50's once." };
        Option<string> student = new("--student") { Description = $"The student: {StudentChoice.Help}.", DefaultValueFactory = _ => StudentChoice.Paper };
        Option<double> temperature = new("--temperature") { Description = "What the logits of teacher and student are divided by.", DefaultValueFactory = _ => 4 };
        Option<double> hardWeight = new("--hard-weight") { Description = "The weight of the hard labels in the student's loss, from 0 to 1.", DefaultValueFactory = _ => 0 };
        Option<int?> epochs = new("--epochs") { Description = "Epochs of the student. [default: 10; 4 on painted images]" };
        Option<int?> teacherEpochs = new("--teacher-epochs") { Description = "Epochs of a teacher that is trained end to end. [default: 30; 5 on painted images]" };
        Option<int> batchSize = new("--batch-size") { Description = "Images in a training step.", DefaultValueFactory = _ => 20 };
        Option<double> learningRate = new("--learning-rate") { Description = "Adam's learning rate for the student.", DefaultValueFactory = _ => 1e-3 };
        Option<double?> testFraction = new("--test-fraction") { Description = "The share of each class that is kept for testing. [default: 0.1; 0.25 of painted images]" };
        Option<int> seed = new("--seed") { Description = "Decides the split, initial weights and order.", DefaultValueFactory = _ => 1 };
        Option<string> loss = new("--loss") { Description = $"The student's loss: {LossChoice.Help}.", DefaultValueFactory = _ => LossChoice.Paper };
        Option<int> views = new("--views") { Description = "How many varied views of an image the student sees (crops, mirrors, colors); 0 shows images as they are.", DefaultValueFactory = _ => 0 };
        Option<double> crop = new("--crop") { Description = "The smallest share of an image's area that one of --views shows, where the student learns classes.", DefaultValueFactory = _ => new ImageAugmentation().MinCropArea };
        Option<string?> unlabeled = new("--unlabeled") { Description = "A folder of images without labels, about which the teacher alone speaks. None of the test images may be in it." };
        Option<double> unlabeledShare = new("--unlabeled-share") { Description = "The share of an epoch's images that comes from --unlabeled.", DefaultValueFactory = _ => 0.5 };
        Option<string?> pretrain = new("--pretrain") { Description = "A folder of images without labels: the distilled student first learns what the backbone of an onnx: teacher sees in them. None of the test images may be in it." };
        Option<int> pretrainEpochs = new("--pretrain-epochs") { Description = "Epochs of --pretrain.", DefaultValueFactory = _ => 20 };
        Option<int> pretrainViews = new("--pretrain-views") { Description = "How many varied views of an image of --pretrain the student sees.", DefaultValueFactory = _ => 2 };
        Option<int> pretrainTraining = new("--pretrain-training-epochs") { Description = "Epochs in which the distilled student learns what the backbone of an onnx: teacher sees in the training images, after --pretrain where that is given.", DefaultValueFactory = _ => 0 };
        Option<string?> growFrom = new("--grow-from") { Description = "What the student begins --pretrain with: the student.safetensors of a smaller one, such as compact-small for compact." };
        Option<string?> studentWeights = new("--student-weights") { Description = "What the distilled student begins with: the student.safetensors of an earlier --pretrain or, with --folds, the folder students of an earlier --pretrain-training-epochs." };
        Option<double> features = new("--features") { Description = "The weight of a second loss of the distilled student: that it says what the backbone of an onnx: teacher sees in the same images; 0 leaves it out.", DefaultValueFactory = _ => 0 };
        Option<bool> linearProbe = new("--linear-probe") { Description = "Begin the distilled student with a last layer that is fitted to the teacher's logits, in place of a random one; for students that were pretrained." };
        Option<int> teacherFolds = new("--teacher-folds") { Description = "Trains the teacher so many times, each time without a part of the images, of which that one then speaks; 0 trains it once.", DefaultValueFactory = _ => 0 };
        Option<double?> teacherWeightDecay = new("--teacher-weight-decay") { Description = "The decay of the weights of an onnx: teacher's layer; the larger, the softer its targets. [default: chosen by cross-validation within the training images]" };
        Option<bool> cosine = new("--cosine") { Description = "Let the student's learning rate fall along half a cosine." };
        Option<double> weightDecay = new("--weight-decay") { Description = "The decay of the student's weights (AdamW).", DefaultValueFactory = _ => 0 };
        Option<int> folds = new("--folds") { Description = "Cross-validates over so many folds instead of one test set, and writes folds.json, folds.md and folds.html alone; folds that folds.json holds are not run again; 0 does not.", DefaultValueFactory = _ => 0 };
        Option<int> seeds = new("--seeds") { Description = "Repeats --folds with so many seeds, from --seed on, each with folds of its own.", DefaultValueFactory = _ => 1 };
        Option<bool> noHardLabels = new("--no-hard-labels") { Description = "With --folds, leave out the student on the labels alone." };
        Option<string[]> compare = new("--compare") { Description = "With --folds, the folds.json of other recipes over the same folds and seeds; folds.md shows how they differ.", AllowMultipleArgumentsPerToken = true };
        Option<string?> cache = new("--cache") { Description = "A folder that keeps decoded images and what teachers said of them for later runs." };
        Option<double> cacheLimit = new("--cache-limit") { Description = "The most GiB that --cache keeps of a teacher.", DefaultValueFactory = _ => 8 };
        Option<bool> int8 = new("--int8") { Description = "Write the student with 8-bit integers too, as sentiment.int8.onnx, and test it." };
        Option<int> ensemble = new("--ensemble") { Description = "Distil so many students, from --seed on, write them as one, ensemble.onnx, whose probabilities are averaged, and test it; 0 does not.", DefaultValueFactory = _ => 0 };
        Option<bool> explain = new("--explain") { Description = "Write overlays, into the folder evidence, that show where the student sees its emotion: of some test images, or of an image painted in two moods." };
        Option<string> output = new("--output") { Description = "Where sentiment.onnx, sentiment.zip, report.json and report.html go.", DefaultValueFactory = _ => "output" };

        RootCommand command = new("Distils a small network that tells which emotion an image evokes from a large one, and compares it with the same "
            + "network trained on the labels alone.")
        {
            data, teacher, weights, student, temperature, hardWeight, epochs, teacherEpochs, batchSize, learningRate, testFraction, seed, loss, views, crop, unlabeled, unlabeledShare,
            pretrain, pretrainEpochs, pretrainViews, pretrainTraining, growFrom, studentWeights, features, linearProbe, teacherFolds, teacherWeightDecay, cosine, weightDecay, folds, seeds, noHardLabels, compare, cache, cacheLimit, int8, ensemble, explain, output,
        };
        teacher.Validators.Add(result =>
        {
            if (TeacherChoice.FindError(result.GetValueOrDefault<string>()) is { } error)
                result.AddError(error);
        });
        student.Validators.Add(result =>
        {
            if (StudentChoice.FindError(result.GetValueOrDefault<string>()) is { } error)
                result.AddError(error);
        });
        loss.Validators.Add(result =>
        {
            if (LossChoice.FindError(result.GetValueOrDefault<string>()) is { } error)
                result.AddError(error);
        });
        // The library checks its options too, but an error in the student's would show only after the teacher's training.
        Require(output, value => value is not ['-', ..], "a folder whose name does not begin with a hyphen");
        Require(testFraction, fraction => fraction is null or (> 0 and < 1), "between 0 and 1");
        Require(temperature, value => value > 0 && double.IsFinite(value), "above 0");
        Require(hardWeight, value => value is >= 0 and <= 1, "from 0 to 1");
        Require(epochs, value => value is null or >= 1, "at least 1");
        Require(teacherEpochs, value => value is null or >= 1, "at least 1");
        Require(batchSize, value => value >= 1, "at least 1");
        Require(learningRate, value => value > 0 && double.IsFinite(value), "above 0");
        Require(views, value => value >= 0, "at least 0");
        Require(crop, value => value is > 0 and <= 1, "above 0 and at most 1");
        Require(unlabeledShare, value => value is > 0 and < 1, "between 0 and 1");
        Require(cacheLimit, value => value is >= 0.001 and <= 1e6, "from 0.001 to a million");
        Require(pretrainEpochs, value => value >= 1, "at least 1");
        Require(features, value => value >= 0 && double.IsFinite(value), "at least 0 and finite");
        Require(pretrainViews, value => value >= 1, "at least 1");
        Require(pretrainTraining, value => value >= 0, "at least 0");
        Require(teacherFolds, value => value is 0 or >= 2, "0 or at least 2");
        Require(teacherWeightDecay, value => value is null or (>= 0 and < double.PositiveInfinity), "at least 0");
        Require(weightDecay, value => value >= 0 && double.IsFinite(value), "at least 0");
        Require(folds, value => value is 0 or >= 2, "0 or at least 2");
        Require(ensemble, value => value is 0 or >= 2, "0 or at least 2");
        Require(seeds, value => value >= 1, "at least 1");
        command.Validators.Add(result =>
        {
            if (result.GetValue(folds) > 0 && result.GetValue(data) is null)
                result.AddError("--folds goes with --data.");
            if (result.GetValue(seeds) > 1 && result.GetValue(folds) == 0)
                result.AddError("--seeds goes with --folds.");
            if (result.GetValue(noHardLabels) && result.GetValue(folds) == 0)
                result.AddError("--no-hard-labels goes with --folds.");
            if (result.GetValue(compare) is { Length: > 0 } && result.GetValue(folds) == 0)
                result.AddError("--compare goes with --folds.");
            foreach (string missing in (result.GetValue(compare) ?? []).Where(file => !File.Exists(file)))
                result.AddError($"--compare: there is no file '{missing}'.");
            string? begun = result.GetValue(studentWeights);
            if (Directory.Exists(begun) && result.GetValue(folds) == 0)
                result.AddError("--student-weights takes a folder with --folds alone.");
            if (Directory.Exists(begun) && result.GetValue(pretrainTraining) > 0)
                result.AddError("--pretrain-training-epochs was done for the students of a folder already.");
            if (begun is not null && !Path.Exists(begun))
                result.AddError($"--student-weights: there is no file '{begun}'.");
            foreach (Option<int> option in (Option<int>[])[pretrainEpochs, pretrainViews])
                if (result.GetValue(pretrain) is null && result.GetResult(option) is { Implicit: false })
                    result.AddError($"{option.Name} goes with --pretrain.");
            if (result.GetValue(growFrom) is not null && result.GetValue(pretrain) is null)
                result.AddError("--grow-from goes with --pretrain.");
            if (result.GetValue(growFrom) is { } smaller && !File.Exists(smaller))
                result.AddError($"--grow-from: there is no file '{smaller}'.");
            if (result.GetValue(linearProbe) && result.GetValue(hardWeight) == 1 && result.GetValue(loss) is null or LossChoice.Paper)
                result.AddError("--linear-probe goes with a loss that has a teacher, not with a --hard-weight of 1.");
            if (result.GetValue(views) == 0 && result.GetResult(crop) is { Implicit: false })
                result.AddError("--crop goes with --views.");
            if (result.GetValue(cache) is null && result.GetResult(cacheLimit) is { Implicit: false })
                result.AddError("--cache-limit goes with --cache.");
            if (result.GetValue(pretrain) is not null && result.GetValue(studentWeights) is not null)
                result.AddError("Give either --pretrain or --student-weights.");
            string[] needBackbone = [.. new[] { (pretrain.Name, result.GetValue(pretrain) is not null), (pretrainTraining.Name, result.GetValue(pretrainTraining) > 0),
                (features.Name, result.GetValue(features) > 0), (teacherWeightDecay.Name, result.GetValue(teacherWeightDecay) is not null) }.Where(option => option.Item2).Select(option => option.Name)];
            if (needBackbone.Length > 0 && TeacherChoice.FileOf(result.GetValue(teacher) ?? TeacherChoice.ConvNet) is null)
                result.AddError($"{string.Join(" and ", needBackbone)} {(needBackbone.Length == 1 ? "goes" : "go")} with a teacher that has a backbone, onnx:FILE, not with {result.GetValue(teacher) ?? TeacherChoice.ConvNet}.");
            if (result.GetValue(weights) is not null && result.GetValue(teacher) is not (TeacherChoice.ResNet50 or TeacherChoice.Vgg16))
                result.AddError($"--weights goes with --teacher {TeacherChoice.ResNet50} or {TeacherChoice.Vgg16}, not with {result.GetValue(teacher) ?? TeacherChoice.ConvNet}.");
        });
        command.SetAction((result, cancellation) =>
        {
            bool painted = result.GetValue(data) is null;
            return Task.Run(() => run(new DistillSettings
            {
                Data = result.GetValue(data),
                Output = result.GetRequiredValue(output),
                Teacher = result.GetRequiredValue(teacher),
                Weights = result.GetValue(weights),
                Student = result.GetRequiredValue(student),
                Temperature = result.GetValue(temperature),
                HardWeight = result.GetValue(hardWeight),
                Epochs = result.GetValue(epochs) ?? (painted ? 4 : 10),
                TeacherEpochs = result.GetValue(teacherEpochs) ?? (painted ? 5 : 30),
                BatchSize = result.GetValue(batchSize),
                LearningRate = result.GetValue(learningRate),
                TestFraction = result.GetValue(testFraction) ?? (painted ? 0.25 : 0.1),
                Seed = result.GetValue(seed),
                Int8 = result.GetValue(int8),
                Explain = result.GetValue(explain),
                Ensemble = result.GetValue(ensemble),
                Loss = result.GetRequiredValue(loss),
                Views = result.GetValue(views),
                MinCropArea = result.GetResult(crop) is { Implicit: false } ? result.GetValue(crop) : null,
                Unlabeled = result.GetValue(unlabeled),
                UnlabeledShare = result.GetValue(unlabeledShare),
                Pretrain = result.GetValue(pretrain),
                PretrainEpochs = result.GetValue(pretrain) is null ? 0 : result.GetValue(pretrainEpochs),
                PretrainViews = result.GetValue(pretrain) is null ? 0 : result.GetValue(pretrainViews),
                PretrainTrainingEpochs = result.GetValue(pretrainTraining),
                GrowFrom = result.GetValue(growFrom),
                StudentWeights = result.GetValue(studentWeights),
                FeatureWeight = result.GetValue(features),
                LinearProbe = result.GetValue(linearProbe),
                TeacherFolds = result.GetValue(teacherFolds),
                TeacherWeightDecay = result.GetValue(teacherWeightDecay),
                Cosine = result.GetValue(cosine),
                WeightDecay = result.GetValue(weightDecay),
                Folds = result.GetValue(folds),
                Seeds = result.GetValue(seeds),
                LeavesOutHardLabels = result.GetValue(noHardLabels),
                Compare = result.GetValue(compare) ?? [],
                Cache = result.GetValue(cache),
                CacheLimit = (long)(result.GetValue(cacheLimit) * (1L << 30)),
            }, cancellation), CancellationToken.None);
        });
        return command;
    }

    private static void Require<T>(Option<T> option, Func<T?, bool> holds, string range) => option.Validators.Add(result =>
    {
        try
        {
            if (holds(result.GetValueOrDefault<T>()))
                return;
        }
        catch (InvalidOperationException)
        {
            // Not even a number.
        }
        result.AddError($"{option.Name} is {result.Tokens[0].Value}; it must be {range}.");
    });
}
