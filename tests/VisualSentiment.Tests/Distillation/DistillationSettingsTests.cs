using Microsoft.ML;
using VisualSentiment.Distillation;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation;

public sealed class DistillationSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_defaults_are_described_in_a_fixed_order()
    {
        var settings = DistillationSettings.Of(DistillationRecipes.Paper with { Loss = DistillationLosses.HardLabels });

        Assert.Equal(
            [
                ("student", "paper"), ("teacher", "none"), ("loss", "hard labels"), ("temperature", "none"),
                ("epochs", "10"), ("batch size", "20"), ("learning rate", "0.001"),
                ("learning rate schedule", "Constant"), ("weight decay", "0"), ("patience", "none"),
                ("weights kept", "last epoch"), ("augmentation", "none"), ("features", "none"), ("linear probe", "no"),
                ("images without labels", "none"), ("validation images", "none"), ("image fit", "Fill"),
            ], settings.Select(setting => (setting.Name, setting.Value)));
    }

    [Fact]
    public void Every_option_that_affects_the_student_changes_a_setting()
    {
        string path = _folder["backbone.onnx"];
        TinyBackbone.Write(path);
        IDataView images = new MLContext().Data.LoadFromEnumerable(
            new[] { new { ImagePath = "1.png" }, new { ImagePath = "2.png" } });
        Teacher backbone = Teachers.Onnx(path, PixelNormalization.ImageNet), votes = Teachers.FromScores("Votes");
        KnowledgeDistillationOptions options = DistillationRecipes.Paper with { Teacher = votes };
        Dictionary<string, KnowledgeDistillationOptions> changed = new()
        {
            ["student: compact"] = options with { Student = Students.Compact },
            ["teacher: the column 'Votes' (Logits)"] =
                options with { Teacher = Teachers.FromScores("Votes", TeacherScoreKind.Logits) },
            ["teacher: AlexNet (weights random, epochs 3, batch size 20, learning rate 1E-05, "] =
                options with { Teacher = Teachers.AlexNet(new() { Epochs = 3 }) },
            ["teacher: VGG16 (weights own.safetensors, epochs 30, "] =
                options with { Teacher = Teachers.Vgg16("/private/own.safetensors") },
            ["teacher: ONNX backbone backbone ("] = options with { Teacher = backbone },
            ["teacher: ensemble of the column 'Votes' (Probabilities) with weight 0.5"] =
                options with { Teacher = Teachers.Ensemble([(votes, 0.5)]) },
            ["temperature: 2"] = options with { Loss = DistillationLosses.SoftTarget(2) },
            ["augmentation: ImageAugmentation { Views = 8, "] = options with { Augmentation = new() },
            ["features: ONNX backbone backbone ("] =
                options with { Features = new() { Teacher = backbone } },
            ["linear probe: yes"] = options with { LinearProbe = true },
            ["images without labels: 2 images, share 0.5"] =
                options with { Unlabeled = new(images) { Share = 0.5 } },
            ["validation images: 2 images"] = options with { ValidationSet = images },
            ["validation images: fraction 0.1"] = options with { ValidationFraction = 0.1 },
            ["image fit: CenterCrop"] = options with { ImageFit = ImageFit.CenterCrop },
        };
        string[] before = Lines(options);

        Assert.All(changed, change =>
        {
            string[] now = [.. Lines(change.Value).Except(before)];
            Assert.NotEmpty(now);
            Assert.Contains(now, line => line.StartsWith(change.Key, StringComparison.Ordinal));
            Assert.DoesNotContain(now, line => line.Contains("private", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_folds_of_a_teacher_are_described_after_its_training()
    {
        var settings = DistillationSettings.Of(DistillationRecipes.Paper with { Teacher = Teachers.OutOfFold(Teachers.AlexNet(), 3) });

        Assert.EndsWith(", weights kept last epoch), 3 folds", settings[1].Value, StringComparison.Ordinal);
    }

    private static string[] Lines(KnowledgeDistillationOptions options) =>
        [.. DistillationSettings.Of(options).Select(setting => $"{setting.Name}: {setting.Value}")];
}
