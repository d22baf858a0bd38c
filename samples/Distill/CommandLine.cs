using System.CommandLine;
using VisualSentiment;

namespace Distill;

/// <summary>The options of the sample.</summary>
internal static class CommandLine
{
    public static RootCommand Create(Func<DistillSettings, CancellationToken, int> run)
    {
        Option<string?> data = new("--data") { Description = "A folder with one subfolder of images per class, a folder with files named as in ArtPhoto, or a .csv file of files and labels. [default: painted images in eight moods]" };
        Option<string> teacher = new("--teacher") { Description = $"The teacher: {TeacherChoice.Help}.", DefaultValueFactory = _ => TeacherChoice.ConvNet };
        Option<string?> weights = new("--weights") { Description = "Pretrained weights for resnet50 or vgg16: a .safetensors file, or 'imagenet' to download those of ResNet-50 once." };
        Option<string> student = new("--student") { Description = $"The student: {StudentChoice.Help}.", DefaultValueFactory = _ => StudentChoice.Paper };
        Option<double> temperature = new("--temperature") { Description = "The temperature, by which the logits of teacher and student are divided.", DefaultValueFactory = _ => 4 };
        Option<double> hardWeight = new("--hard-weight") { Description = "The weight of the hard labels in the student's loss, from 0 to 1.", DefaultValueFactory = _ => 0 };
        Option<int?> epochs = new("--epochs") { Description = "Epochs of the student. [default: 10; 4 for painted images]" };
        Option<int?> teacherEpochs = new("--teacher-epochs") { Description = "Epochs of a teacher that is trained end to end. [default: 30; 5 for painted images]" };
        Option<int> batchSize = new("--batch-size") { Description = "Images per training step.", DefaultValueFactory = _ => 20 };
        Option<double> learningRate = new("--learning-rate") { Description = "Adam's learning rate for the student.", DefaultValueFactory = _ => 1e-3 };
        Option<double?> testFraction = new("--test-fraction") { Description = "Share of each class that is held out for testing. [default: 0.1; 0.25 for painted images]" };
        Option<int> seed = new("--seed") { Description = "Seed of the split, the initial weights and the order of images.", DefaultValueFactory = _ => 1 };
        Option<string> loss = new("--loss") { Description = $"The student's loss: {LossChoice.Help}.", DefaultValueFactory = _ => LossChoice.Paper };
        Option<int> views = new("--views") { Description = "Number of augmented views per image (crop, mirror, color). 0 = no augmentation.", DefaultValueFactory = _ => 0 };
        Option<double> crop = new("--crop") { Description = "Minimum share of an image's area in a view of --views, in distillation.", DefaultValueFactory = _ => new ImageAugmentation().MinCropArea };
        Option<string?> unlabeled = new("--unlabeled") { Description = "A folder of unlabeled images, which the student learns from the teacher only. It must contain none of the test images." };
        Option<double> unlabeledShare = new("--unlabeled-share") { Description = "Share of an epoch's images that comes from --unlabeled.", DefaultValueFactory = _ => 0.5 };
        Option<string?> pretrain = new("--pretrain") { Description = "A folder of unlabeled images on which the student is first trained to predict the features of the teacher's backbone. Requires an onnx: teacher. It must contain none of the test images." };
        Option<int> pretrainEpochs = new("--pretrain-epochs") { Description = "Epochs of --pretrain.", DefaultValueFactory = _ => 20 };
        Option<int> pretrainViews = new("--pretrain-views") { Description = "Number of augmented views per image of --pretrain.", DefaultValueFactory = _ => 2 };
        Option<int> pretrainTraining = new("--pretrain-training-epochs") { Description = "Epochs of feature pretraining on the training images, after --pretrain. 0 = off. Requires an onnx: teacher.", DefaultValueFactory = _ => 0 };
        Option<string?> growFrom = new("--grow-from") { Description = "Initial weights for --pretrain: the student.safetensors of a smaller student, such as compact-small for compact." };
        Option<string?> studentWeights = new("--student-weights") { Description = "Initial weights of the distilled student: the student.safetensors of an earlier --pretrain." };
        Option<double> features = new("--features") { Description = "Weight of the feature-distillation loss (0 = off). Requires an onnx: teacher.", DefaultValueFactory = _ => 0 };
        Option<bool> linearProbe = new("--linear-probe") { Description = "Fit the last layer of the distilled student to the teacher's logits before training. For pretrained students." };
        Option<int> teacherFolds = new("--teacher-folds") { Description = "Number of teachers that are each trained without one part of the images, whose soft targets they compute. 0 = one teacher for all images.", DefaultValueFactory = _ => 0 };
        Option<double?> teacherWeightDecay = new("--teacher-weight-decay") { Description = "Weight decay of the head of an onnx: teacher; larger values give softer targets. [default: chosen by cross-validation on the training images]" };
        Option<bool> cosine = new("--cosine") { Description = "Use a cosine schedule for the student's learning rate." };
        Option<double> weightDecay = new("--weight-decay") { Description = "Weight decay of the student (AdamW).", DefaultValueFactory = _ => 0 };
        Option<int> folds = new("--folds") { Description = "Number of cross-validation folds (0 = off). Writes a file per run, report.json, report.md and report.html; the same command continues a stopped run.", DefaultValueFactory = _ => 0 };
        Option<int> seeds = new("--seeds") { Description = "Number of seeds for --folds, starting at --seed. Each seed has its own folds.", DefaultValueFactory = _ => 1 };
        Option<bool> noHardLabels = new("--no-hard-labels") { Description = "With --folds: do not train the student on hard labels only." };
        Option<string?> cache = new("--cache") { Description = "A folder that keeps decoded images and teacher outputs for later runs." };
        Option<double> cacheLimit = new("--cache-limit") { Description = "Maximum size of the teacher outputs in --cache, in GiB per teacher.", DefaultValueFactory = _ => 8 };
        Option<bool> int8 = new("--int8") { Description = "Also write the student with 8-bit integers, as sentiment.int8.onnx, and test it." };
        Option<bool> explain = new("--explain") { Description = "Write overlays into the folder evidence that show which regions the prediction depends on: for some test images, or for an image painted in two moods." };
        Option<string> output = new("--output") { Description = "The folder for sentiment.onnx, sentiment.zip, report.json and report.html.", DefaultValueFactory = _ => "output" };

        RootCommand command = new("Distills a large network for the emotion that an image evokes into a small one, and compares it with the same small "
            + "network trained on hard labels only.")
        {
            data, teacher, weights, student, temperature, hardWeight, epochs, teacherEpochs, batchSize, learningRate, testFraction, seed, loss, views, crop, unlabeled, unlabeledShare,
            pretrain, pretrainEpochs, pretrainViews, pretrainTraining, growFrom, studentWeights, features, linearProbe, teacherFolds, teacherWeightDecay, cosine, weightDecay, folds, seeds, noHardLabels, cache, cacheLimit, int8, explain, output,
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
        // The library validates its options too, but those of the student only after the teacher is trained.
        Require(output, value => value is not ['-', ..], "a folder whose name does not start with a hyphen");
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
        Require(cacheLimit, value => value is >= 0.001 and <= 1e6, "from 0.001 to 1,000,000");
        Require(pretrainEpochs, value => value >= 1, "at least 1");
        Require(features, value => value >= 0 && double.IsFinite(value), "at least 0 and finite");
        Require(pretrainViews, value => value >= 1, "at least 1");
        Require(pretrainTraining, value => value >= 0, "at least 0");
        Require(teacherFolds, value => value is 0 or >= 2, "0 or at least 2");
        Require(teacherWeightDecay, value => value is null or (>= 0 and < double.PositiveInfinity), "at least 0");
        Require(weightDecay, value => value >= 0 && double.IsFinite(value), "at least 0");
        Require(folds, value => value is 0 or >= 2, "0 or at least 2");
        Require(seeds, value => value >= 1, "at least 1");
        command.Validators.Add(result =>
        {
            if (result.GetValue(folds) > 0 && result.GetValue(data) is null)
                result.AddError("--folds requires --data.");
            if (result.GetValue(seeds) > 1 && result.GetValue(folds) == 0)
                result.AddError("--seeds requires --folds.");
            if (result.GetValue(noHardLabels) && result.GetValue(folds) == 0)
                result.AddError("--no-hard-labels requires --folds.");
            if (result.GetValue(pretrainTraining) > 0 && result.GetValue(folds) > 0)
                result.AddError($"{pretrainTraining.Name} cannot be used with --folds.");
            if (result.GetValue(studentWeights) is { } initial && !File.Exists(initial))
                result.AddError($"--student-weights: the file '{initial}' does not exist.");
            foreach (Option<int> option in (Option<int>[])[pretrainEpochs, pretrainViews])
                if (result.GetValue(pretrain) is null && result.GetResult(option) is { Implicit: false })
                    result.AddError($"{option.Name} requires --pretrain.");
            if (result.GetValue(growFrom) is not null && result.GetValue(pretrain) is null)
                result.AddError("--grow-from requires --pretrain.");
            if (result.GetValue(growFrom) is { } smaller && !File.Exists(smaller))
                result.AddError($"--grow-from: the file '{smaller}' does not exist.");
            if (result.GetValue(linearProbe) && result.GetValue(hardWeight) == 1 && result.GetValue(loss) is null or LossChoice.Paper)
                result.AddError("--linear-probe requires a loss with a teacher, not a --hard-weight of 1.");
            if (result.GetValue(views) == 0 && result.GetResult(crop) is { Implicit: false })
                result.AddError("--crop requires --views.");
            if (result.GetValue(cache) is null && result.GetResult(cacheLimit) is { Implicit: false })
                result.AddError("--cache-limit requires --cache.");
            if (result.GetValue(pretrain) is not null && result.GetValue(studentWeights) is not null)
                result.AddError("Pass either --pretrain or --student-weights.");
            string[] needBackbone = [.. new[] { (pretrain.Name, result.GetValue(pretrain) is not null), (pretrainTraining.Name, result.GetValue(pretrainTraining) > 0),
                (features.Name, result.GetValue(features) > 0), (teacherWeightDecay.Name, result.GetValue(teacherWeightDecay) is not null) }.Where(option => option.Item2).Select(option => option.Name)];
            if (needBackbone.Length > 0 && TeacherChoice.FileOf(result.GetValue(teacher) ?? TeacherChoice.ConvNet) is null)
                result.AddError($"{string.Join(" and ", needBackbone)} {(needBackbone.Length == 1 ? "requires" : "require")} a teacher with a backbone, onnx:FILE, not {result.GetValue(teacher) ?? TeacherChoice.ConvNet}.");
            if (result.GetValue(weights) is not null && result.GetValue(teacher) is not (TeacherChoice.ResNet50 or TeacherChoice.Vgg16))
                result.AddError($"--weights requires --teacher {TeacherChoice.ResNet50} or {TeacherChoice.Vgg16}, not {result.GetValue(teacher) ?? TeacherChoice.ConvNet}.");
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
            // The value is not a number.
        }
        result.AddError($"{option.Name} is {result.Tokens[0].Value}; it must be {range}.");
    });
}
