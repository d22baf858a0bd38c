using Microsoft.ML;
using VisualSentiment.Networks;
using VisualSentiment.Teaching;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>The kinds of teachers.</summary>
public static class Teachers
{
    /// <summary>
    /// The paper's teacher (Table 1): ResNet-50 up to its pooled layer, dropout 0.5 and a dense head, fine-tuned end to end.
    /// 23,524,424 parameters for eight classes, 4.1 G multiply-adds an image.
    /// </summary>
    /// <param name="weights">
    /// The path of a safetensors file with torchvision's or timm's tensor names, or <see
    /// cref="PretrainedWeights.ImageNet"/>, which downloads timm's resnet50.a1_in1k (about 100 MB) once. Null starts
    /// from random weights.
    /// </param>
    /// <param name="training">How it is fine-tuned; the paper's way by default.</param>
    /// <param name="regionAttention">
    /// Whether it attends to the regions that evoke the emotion, the paper's future work: positions of the last feature map are
    /// weighed by a map that all classes share, and the weighed mean is added to the plain one. 2,048 parameters more.
    /// </param>
    public static TrainableTeacher ResNet50(PretrainedWeights? weights = null, TeacherTrainingOptions? training = null,
        bool regionAttention = false) =>
        OfNetwork(regionAttention ? "ResNet-50 with region attention" : "ResNet-50", classes => new ResNet50(classes, regionAttention: regionAttention), weights,
            PretrainedModel.ResNet50A1, [Networks.ResNet50.Head, Networks.ResNet50.Regions], training);

    /// <summary>
    /// The paper's VGGNet baseline: VGG16 up to its second dense layer, dense 2000 with dropout, and a dense head.
    /// 142,470,552 parameters for eight classes.
    /// </summary>
    /// <param name="weights">The path of a safetensors file with torchvision's or timm's tensor names; null starts from random weights.</param>
    /// <param name="training">How it is fine-tuned; the paper's way by default.</param>
    public static TrainableTeacher Vgg16(PretrainedWeights? weights = null, TeacherTrainingOptions? training = null) =>
        OfNetwork("VGG16", classes => new Vgg16(classes), weights, null, Networks.Vgg16.Head, training);

    /// <summary>
    /// The paper's AlexNet baseline, trained from random weights. 540 M parameters: training takes about 9 GB of memory.
    /// </summary>
    /// <param name="training">How it is trained; the paper's way by default.</param>
    public static TrainableTeacher AlexNet(TeacherTrainingOptions? training = null) =>
        OfNetwork("AlexNet", Networks.AlexNet.Create, null, null, [], training);

    /// <summary>A network of one's own, trained end to end.</summary>
    /// <param name="name">A name for logs and the metadata of exported models.</param>
    /// <param name="create">Creates the network for a number of classes: input float [N, 3, 224, 224], output logits [N, classes].</param>
    /// <param name="training">How it is trained; the paper's way by default, which is slow for random weights.</param>
    /// <param name="normalization">What the first layer is fed; ImageNet's statistics by default.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, or the normalization has not three means and three standard deviations above 0.
    /// </exception>
    public static TrainableTeacher Network(string name, Func<int, nn.Module<Tensor, Tensor>> create, TeacherTrainingOptions? training = null,
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
    /// Any ONNX image network, unchanged, with a dense head trained on its embeddings, which are computed once.
    /// </summary>
    /// <param name="path">The ONNX file; its input is float [N, 3, H, W] or [N, H, W, 3].</param>
    /// <param name="options">What the network is fed and which output describes an image.</param>
    public static TrainableTeacher Onnx(string path, OnnxBackboneOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new OnnxBackboneTeacher(path, options ?? new());
    }

    /// <summary>Scores that stand in the training data already, such as the shares of viewers who named each emotion.</summary>
    /// <param name="scoreColumnName">
    /// A column of vectors of C floats, in the order of the label column's key, or of the class names if the labels are
    /// text.
    /// </param>
    /// <param name="kind">What the numbers mean.</param>
    public static Teacher FromScores(string scoreColumnName, TeacherScoreKind kind = TeacherScoreKind.Probabilities) =>
        new ScoreColumnTeacher(scoreColumnName, kind);

    /// <summary>
    /// A trained model: a <see cref="TeacherTransformer"/>; a <see cref="SentimentTransformer"/>, so that a student teaches the
    /// next one (born-again networks, Furlanello et al. 2018); or any ML.NET model that adds probabilities.
    /// </summary>
    /// <param name="model">The model. It is not changed and stays its owner's.</param>
    /// <param name="scoreColumnName">
    /// The column of probabilities that the model adds, in the order of the classes.
    /// </param>
    public static Teacher FromModel(ITransformer model, string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(scoreColumnName);
        return new ModelTeacher(model, scoreColumnName);
    }

    /// <summary>
    /// Several teachers at once. Their probabilities are averaged, not their logits: a teacher does not outvote the others by
    /// the scale of its logits.
    /// </summary>
    /// <param name="teachers">The teachers, of any kinds.</param>
    public static Teacher Ensemble(params IEnumerable<Teacher> teachers)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        return Ensemble(teachers.Select(teacher => (teacher, 1.0)));
    }

    /// <summary>Several teachers at once, whose probabilities are averaged with weights.</summary>
    /// <param name="teachers">The teachers, of any kinds, each with a weight above 0; the weights need not add up to one.</param>
    public static Teacher Ensemble(params IEnumerable<(Teacher Teacher, double Weight)> teachers)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        var members = teachers.ToArray();
        foreach (var (teacher, _) in members)
            ArgumentNullException.ThrowIfNull(teacher, nameof(teachers));
        return new EnsembleTeacher(members);
    }

    /// <summary>
    /// Trains a teacher several times, each time without one part of the training images, and lets about each of them only
    /// the one speak that did not see it. On small data a teacher knows its training images by heart, and what it says of
    /// them is no more than the labels; what it says of others carries what it learned. Training takes <paramref name="folds"/>
    /// times as long, except for <see cref="Onnx"/>, whose embeddings are computed once. With <see cref="ImageAugmentation.Mixup"/>,
    /// images are mixed within their fold, because no part of the teacher is new to two images of different folds.
    /// </summary>
    /// <param name="teacher">The teacher to be trained.</param>
    /// <param name="folds">How many parts; at least 2.</param>
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
