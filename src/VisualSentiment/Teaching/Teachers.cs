using Microsoft.ML;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>Creates teachers.</summary>
public static class Teachers
{
    /// <summary>
    /// Creates the paper's teacher (Table 1): ResNet-50 up to its pooling layer, dropout 0.5 and a dense head,
    /// fine-tuned end to end. It has 23,524,424 parameters for eight classes, and 4.1 G multiply-adds per image.
    /// </summary>
    /// <param name="weights">
    /// The path of a safetensors file with torchvision's or timm's tensor names, or
    /// <see cref="PretrainedWeights.ImageNet"/>, which downloads timm's resnet50.a1_in1k (about 100 MB) once; null for
    /// random weights.
    /// </param>
    /// <param name="training">The training options; null for the paper's.</param>
    /// <param name="regionAttention">
    /// Whether to add attention to the regions that evoke the emotion, which the paper proposes as future work. The
    /// positions of the last feature map are weighted by an attention map that all classes share, and the weighted mean
    /// is added to the unweighted mean. This adds 2,048 parameters.
    /// </param>
    public static TrainableTeacher ResNet50(PretrainedWeights? weights = null, TeacherTrainingOptions? training = null,
        bool regionAttention = false) =>
        OfNetwork(regionAttention ? "ResNet-50 with region attention" : "ResNet-50",
            classes => new ResNet50(classes, regionAttention: regionAttention), weights,
            PretrainedModel.ResNet50A1, [Networks.ResNet50.Head, Networks.ResNet50.Regions], training);

    /// <summary>
    /// Creates the paper's VGGNet baseline: VGG16 up to its second dense layer, a dense layer of 2,000 units with
    /// dropout, and a dense head. It has 142,470,552 parameters for eight classes.
    /// </summary>
    /// <param name="weights">
    /// The path of a safetensors file with torchvision's or timm's tensor names; null for random weights.
    /// </param>
    /// <param name="training">The training options; null for the paper's.</param>
    public static TrainableTeacher Vgg16(PretrainedWeights? weights = null, TeacherTrainingOptions? training = null) =>
        OfNetwork("VGG16", classes => new Vgg16(classes), weights, null, Networks.Vgg16.Head, training);

    /// <summary>
    /// Creates the paper's AlexNet baseline, which is trained from random weights. It has 540 M parameters. Training
    /// requires about 9 GB of memory.
    /// </summary>
    /// <param name="training">The training options; null for the paper's.</param>
    public static TrainableTeacher AlexNet(TeacherTrainingOptions? training = null) =>
        OfNetwork("AlexNet", Networks.AlexNet.Create, null, null, [], training);

    /// <summary>Creates a teacher with your own network, trained end to end.</summary>
    /// <param name="name">The name in logs and in the metadata of exported models.</param>
    /// <param name="create">
    /// Creates the network for a number of classes: input float [N, 3, 224, 224], output logits [N, classes].
    /// </param>
    /// <param name="training">
    /// The training options; null for the paper's, which converge slowly from random weights.
    /// </param>
    /// <param name="normalization">The normalization of pixel values; null for ImageNet's.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, or the normalization does not have three means and three standard deviations above 0.
    /// </exception>
    public static TrainableTeacher Network(
        string name, Func<int, nn.Module<Tensor, Tensor>> create, TeacherTrainingOptions? training = null,
        PixelNormalization? normalization = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        normalization ??= PixelNormalization.ImageNet;
        if (normalization.FindErrors(nameof(normalization)).FirstOrDefault() is { } invalid)
            throw new ArgumentException(invalid, nameof(normalization));
        return new NetworkTeacher
        {
            Network = new NetworkDefinition(name, normalization, create),
            Training = training ?? new(),
        };
    }

    /// <summary>
    /// Creates a teacher from the ImageNet ResNet-18 of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 (MIT,
    /// 60 MB), which your application references. The network is not trained: its 512 features are computed once, and a
    /// dense head is trained on them. It has 15.9 million parameters.
    /// </summary>
    /// <param name="weightDecay">
    /// The L2 regularization of the head's weights; null selects it, as in <see cref="OnnxBackboneOptions.WeightDecay"/>.
    /// </param>
    /// <remarks>
    /// The package copies the network to the output folder of the application. If it is missing there, training reports an
    /// <see cref="ArgumentException"/> with the command that adds the package.
    /// </remarks>
    public static TrainableTeacher ResNet18(double? weightDecay = null)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "DnnImageModels");
        return new OnnxBackboneTeacher("ResNet-18", [new BackboneFile(
            Path.Combine(folder, "ResNet18Onnx", "ResNet18.onnx"), PixelNormalization.ImageNet,
            MeanImage: Path.Combine(folder, "ResNetPrepOnnx", "ResNetPreprocess.onnx"),
            Package: "Microsoft.ML.DnnImageFeaturizer.ResNet18")], new() { WeightDecay = weightDecay });
    }

    /// <summary>
    /// Creates a teacher from any ONNX image network. The network is not trained: its embeddings are computed once, and
    /// a dense head is trained on them.
    /// </summary>
    /// <param name="path">The path of the ONNX file; the input is float [N, 3, H, W] or [N, H, W, 3].</param>
    /// <param name="normalization">
    /// The normalization of pixel values. An ONNX file does not contain it; see the documentation of the network. With a
    /// wrong one, the teacher still trains, but is less accurate.
    /// </param>
    /// <param name="options">The embedding output and weight decay; null for the defaults.</param>
    public static TrainableTeacher Onnx(
        string path, PixelNormalization normalization, OnnxBackboneOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(normalization);
        return new OnnxBackboneTeacher($"ONNX backbone {Path.GetFileNameWithoutExtension(path)}",
            [new BackboneFile(path, normalization, options?.EmbeddingOutput)], options ?? new());
    }

    /// <summary>
    /// Creates one teacher from several backbones: their embeddings are concatenated, and one dense head is trained on
    /// them, for example <c>Teachers.Concatenate(Teachers.ResNet18(), Teachers.Onnx("mobilenet_v2.onnx",
    /// PixelNormalization.MinusOneToOne))</c>.
    /// </summary>
    /// <param name="backbones">
    /// Teachers from <see cref="ResNet18"/> and <see cref="Onnx"/>. The weight decay of the head is selected as in
    /// <see cref="OnnxBackboneOptions.WeightDecay"/>.
    /// </param>
    /// <exception cref="ArgumentException">There are no teachers, or one of them is not a backbone.</exception>
    public static TrainableTeacher Concatenate(params IEnumerable<TrainableTeacher> backbones)
    {
        ArgumentNullException.ThrowIfNull(backbones);
        TrainableTeacher[] members = [.. backbones];
        if (members.Length == 0)
            throw new ArgumentException("There are no backbones; at least one is required.", nameof(backbones));
        if (members.FirstOrDefault(member => member is not OnnxBackboneTeacher) is { } other)
            throw new ArgumentException($"The teacher '{other?.Name}' is not a backbone; use teachers from "
                + $"{nameof(ResNet18)} and {nameof(Onnx)}, or average probabilities with {nameof(Ensemble)}.",
                nameof(backbones));
        return new OnnxBackboneTeacher(string.Join(" + ", members.Select(member => member.Name)),
            [.. members.Cast<OnnxBackboneTeacher>().SelectMany(member => member.Files)], new());
    }

    /// <summary>
    /// Creates a teacher from a score column of the training data, such as the fraction of viewers who chose each
    /// emotion.
    /// </summary>
    /// <param name="scoreColumnName">
    /// A column of vectors of C floats, in the order of the label column's key, or in the ordinal order of the class
    /// names if the labels are text.
    /// </param>
    /// <param name="kind">The meaning of the values.</param>
    public static Teacher FromScores(string scoreColumnName, TeacherScoreKind kind = TeacherScoreKind.Probabilities) =>
        new ScoreColumnTeacher(scoreColumnName, kind);

    /// <summary>
    /// Creates a teacher from a trained model: a <see cref="TeacherTransformer"/>, any ML.NET model that adds
    /// probabilities, or a <see cref="SentimentTransformer"/>, which makes a student the teacher of the next student
    /// (Furlanello et al. 2018, "Born-Again Neural Networks").
    /// </summary>
    /// <param name="model">The model. It is not modified, and the caller keeps ownership.</param>
    /// <param name="scoreColumnName">The model's output column of probabilities, in the order of the classes.</param>
    public static Teacher FromModel(ITransformer model, string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(scoreColumnName);
        return new ModelTeacher(model, scoreColumnName);
    }

    /// <summary>
    /// Creates an ensemble, which averages the probabilities of several teachers. Averaging logits instead would give
    /// more weight to teachers with larger logits.
    /// </summary>
    /// <param name="teachers">The teachers, of any kind.</param>
    public static Teacher Ensemble(params IEnumerable<Teacher> teachers)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        return Ensemble(teachers.Select(teacher => (teacher, 1.0)));
    }

    /// <summary>Creates an ensemble, which averages the probabilities of several teachers with weights.</summary>
    /// <param name="teachers">The teachers, of any kind, with weights above 0. The weights need not sum to 1.</param>
    public static Teacher Ensemble(params IEnumerable<(Teacher Teacher, double Weight)> teachers)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        var members = teachers.ToArray();
        foreach (var (teacher, _) in members)
            ArgumentNullException.ThrowIfNull(teacher, nameof(teachers));
        return new EnsembleTeacher(members);
    }

    /// <summary>
    /// Creates a teacher that computes out-of-fold logits: a model is trained for each fold without the images of that
    /// fold, and each training image is scored by the model that was trained without it. Other images are scored by the
    /// average of all models.
    /// </summary>
    /// <remarks>
    /// <para>A teacher overfits a small dataset. Its soft targets for its own training images are then close to the
    /// labels, whereas out-of-fold targets reflect the relations between classes that it has learned.</para>
    /// <para>Training takes <paramref name="folds"/> times as long, except for <see cref="Onnx"/>, whose embeddings are
    /// computed once. With <see cref="ImageAugmentation.Mixup"/>, only images of the same fold are mixed, because every
    /// model was trained on at least one of two images of different folds.</para>
    /// </remarks>
    /// <param name="teacher">The teacher to train.</param>
    /// <param name="folds">The number of folds; at least 2.</param>
    public static TrainableTeacher OutOfFold(TrainableTeacher teacher, int folds = 5)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        return new OutOfFoldTeacher(teacher, folds);
    }

    private static NetworkTeacher OfNetwork(string name, Func<int, nn.Module<Tensor, Tensor>> create,
        PretrainedWeights? weights, PretrainedModel? published, IReadOnlyList<string> head,
        TeacherTrainingOptions? training) => new()
    {
        Network = new NetworkDefinition(name, PixelNormalization.ImageNet, create)
        {
            Weights = weights is null ? null : new WeightsSource(weights, published, head),
            NeedsPretraining = true,
        },
        Training = training ?? new(),
    };
}
