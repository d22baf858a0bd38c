using System.Globalization;
using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>How a student is distilled. The defaults are the paper's.</summary>
public sealed record KnowledgeDistillationOptions : ImageTrainingOptions
{
    /// <summary>What the student learns from. Only a loss that looks at the labels alone goes without.</summary>
    /// <value>null.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>The network that is trained.</summary>
    /// <value><see cref="Students.Paper"/>.</value>
    public Student Student { get; init; } = Students.Paper;

    /// <summary>The loss that the student minimizes.</summary>
    /// <value>The paper's: <see cref="DistillationLosses.SoftTarget"/> with temperature 4.</value>
    public DistillationLoss Loss { get; init; } = DistillationLosses.SoftTarget();

    /// <summary>
    /// A teacher whose backbone's features the student learns beside its classes, of the very same pixels: what
    /// <see cref="StudentPretrainingOptions"/> lets it learn before, embedding and feature maps, by layers that are thrown away in the end. It
    /// may be the <see cref="Teacher"/> itself, or another with a backbone, such as <c>Teachers.Onnx</c>; a backbone that both have is asked once. The student must be a <c>Sequential</c> that ends
    /// in a layer over a vector, as the built-in ones do. Null for none.
    /// </summary>
    /// <value>null.</value>
    public Teacher? FeatureTeacher { get; init; }

    /// <summary>The weight of the loss of the features, which is added to the loss of the classes; above 0.</summary>
    /// <value>1.</value>
    public double FeatureWeight { get; init; } = 1;

    /// <summary>
    /// Whether training begins with a last layer that is fitted to the teacher's logits, by ridge regression, in place of a random one
    /// (linear probing, then fine-tuning: Kumar et al. 2022). It is for pretrained students. The student must be a <c>Sequential</c> that ends in a <c>Linear</c>, as the built-in ones do.
    /// </summary>
    /// <value>false.</value>
    public bool LinearProbe { get; init; }

    /// <summary>How often every training image is seen; at least 1.</summary>
    /// <value>10.</value>
    public int Epochs { get; init; } = 10;

    /// <summary>Images in a step; at least 1.</summary>
    /// <value>20.</value>
    public int BatchSize { get; init; } = 20;

    /// <summary>Adam's learning rate; above 0.</summary>
    /// <value>1e-3.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate changes.</summary>
    /// <value><see cref="LearningRateSchedule.Constant"/>, the paper's way.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>The decay of the weights by AdamW (Loshchilov and Hutter 2019); at least 0. At 0 the optimizer is plain Adam.</summary>
    /// <value>0.</value>
    public double WeightDecay { get; init; }

    /// <summary>How images are varied; null shows them as they are, the paper's way.</summary>
    /// <value>null.</value>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>
    /// Images without labels, in a column of the same name: the teacher says what is in them, and the student learns from
    /// that alone. They must not be among the images that the student is tested on. Null for none.
    /// </summary>
    /// <value>null.</value>
    public IDataView? UnlabeledImages { get; init; }

    /// <summary>
    /// Labeled images that are not trained on, but measured after every epoch, in place of a <see
    /// cref="ImageTrainingOptions.ValidationFraction"/> of the training data. The columns have the same names. Classes
    /// are matched by name and must be those of the training
    /// data. Null for none.
    /// </summary>
    /// <value>null.</value>
    public IDataView? ValidationSet { get; init; }

    /// <summary>The share of an epoch's images that come from <see cref="UnlabeledImages"/>; above 0 and below 1.</summary>
    /// <value>0.5, so that an epoch takes twice as long.</value>
    public double UnlabeledShare { get; init; } = 0.5;

    /// <summary>
    /// Training stops after so many epochs without a better accuracy on the validation part; at least 1, or null for never.
    /// </summary>
    /// <value>null.</value>
    public int? Patience { get; init; }

    /// <summary>
    /// Whether the student of the epoch with the highest accuracy on the validation part is returned, rather than that of the
    /// last epoch. <see cref="SentimentTransformer.History"/> tells both.
    /// </summary>
    /// <value>false.</value>
    public bool KeepBestEpoch { get; init; }

    /// <summary>
    /// Whether the student keeps up to 512 training and validation images, 77 MB, in a temporary file until it is
    /// disposed, so that <see cref="OnnxExportOptions.Quantize"/> needs no <see cref="OnnxExportOptions.CalibrationData"/>.
    /// </summary>
    /// <value>false.</value>
    public bool KeepCalibrationImages { get; init; }

    /// <summary>The column of probabilities that the student adds, a vector of C floats.</summary>
    /// <value>Score.</value>
    public string ScoreColumnName { get; init; } = ScoreColumns.Score;

    /// <summary>The column of predicted classes that the student adds, a key with the class names.</summary>
    /// <value>PredictedLabel.</value>
    public string PredictedLabelColumnName { get; init; } = ScoreColumns.PredictedLabel;

    internal ScoreColumnNames AddedColumns => new(PredictedLabelColumnName, ScoreColumnName);

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate)
    {
        RateSchedule = LearningRateSchedule, WeightDecay = WeightDecay, Patience = Patience, KeepBest = KeepBestEpoch,
    };

    internal override IEnumerable<string> FindErrors()
    {
        foreach (string error in base.FindErrors().Concat(ToSchedule().FindErrors("")))
            yield return error;
        if (string.IsNullOrWhiteSpace(ScoreColumnName))
            yield return $"{nameof(ScoreColumnName)} is empty";
        if (string.IsNullOrWhiteSpace(PredictedLabelColumnName))
            yield return $"{nameof(PredictedLabelColumnName)} is empty";
        else if (ScoreColumnName == PredictedLabelColumnName)
            yield return $"{nameof(ScoreColumnName)} and {nameof(PredictedLabelColumnName)} "
                + $"are both '{ScoreColumnName}'; choose two names";
        if (Student is null)
            yield return $"{nameof(Student)} is missing; choose one, such as Students.Paper";
        if (Loss is null)
            yield return $"{nameof(Loss)} is missing; choose one, such as DistillationLosses.SoftTarget()";
        bool labelsAlone = Loss is { UsesTeacher: false };
        if (Teacher is null && Loss is { UsesTeacher: true })
            yield return $"{nameof(Teacher)} is missing, and the loss '{Loss.Name}' requires one; "
                + "choose a teacher, such as Teachers.ResNet50(), or the loss DistillationLosses.HardLabels";
        if (FeatureTeacher is { HasFeatures: false })
            yield return $"{nameof(FeatureTeacher)} is '{FeatureTeacher.Name}', which has no features that it could compute without labels; choose one with a backbone, such as Teachers.Onnx";
        if (!(FeatureWeight > 0) || double.IsInfinity(FeatureWeight))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(FeatureWeight)} is {FeatureWeight}; it must be above 0 and finite (for no features, leave {nameof(FeatureTeacher)} out)");
        if (LinearProbe && labelsAlone)
            yield return $"{nameof(LinearProbe)} is true, but the loss looks at the labels alone, and there is no teacher whose logits the last layer could be fitted to; leave it out, or choose a loss with a teacher";
        if (LinearProbe && Augmentation is { Mixup: > 0 })
            yield return $"{nameof(LinearProbe)} is true, but with {nameof(ImageAugmentation.Mixup)} the teacher is asked about mixed images alone, which nobody knows before; leave one of the two out";
        foreach (string error in Augmentation?.FindErrors() ?? [])
            yield return $"{nameof(Augmentation)}: {error}";
        if (UnlabeledShare is not (> 0 and < 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(UnlabeledShare)} is {UnlabeledShare}; it must be above 0 and below 1");
        if (UnlabeledImages is not null && labelsAlone)
            yield return $"{nameof(UnlabeledImages)} are given, but the loss looks at the labels alone; leave them out, or choose a loss with a teacher";
        string[] measuring = [.. new[]
            {
                (nameof(Patience), Patience is not null), (nameof(KeepBestEpoch), KeepBestEpoch),
            }.Where(option => option.Item2).Select(option => option.Item1)];
        if (ValidationSet is not null && ValidationFraction != 0)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(ValidationSet)} is set, and {nameof(ValidationFraction)} is {ValidationFraction}; "
                + $"set one of the two");
        if (measuring.Length > 0 && ValidationFraction == 0 && ValidationSet is null)
            yield return string.Join(" and ", measuring) + (measuring.Length == 1 ? " needs" : " need")
                + $" a validation part; "
                + $"set {nameof(ValidationSet)}, or {nameof(ValidationFraction)}, for instance to 0.1";
        foreach (string error in (Teacher?.FindErrors() ?? []).Concat(ReferenceEquals(FeatureTeacher, Teacher) ? [] : FeatureTeacher?.FindErrors() ?? []))
            yield return error;
    }
}
