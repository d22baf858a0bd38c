using System.Globalization;
using Microsoft.ML;
using VisualSentiment.Data.Columns;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// Options for distilling a student. The defaults are those of <see cref="DistillationRecipes.Balanced"/>;
/// <see cref="DistillationRecipes.Paper"/> has the paper's.
/// </summary>
public sealed record KnowledgeDistillationOptions : ImageTrainingOptions
{
    /// <summary>Gets the name of the recipe in reports and in the metadata of exported models.</summary>
    /// <value>Balanced.</value>
    public string Recipe { get; init; } = nameof(DistillationRecipes.Balanced);

    /// <summary>Gets the teacher. Required unless the loss uses the labels only.</summary>
    /// <value>null.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>Gets the network to train.</summary>
    /// <value><see cref="Students.Compact"/>, pretrained.</value>
    public Student Student { get; init; } = Students.Compact;

    /// <summary>Gets the loss that the student minimizes.</summary>
    /// <value><see cref="DistillationLosses.SoftTarget"/> with temperature 1.</value>
    public DistillationLoss Loss { get; init; } = DistillationLosses.SoftTarget(1);

    /// <summary>
    /// Gets how the student is trained on the features of the teacher's backbone, before and beside the classes. The student
    /// must be a <c>Sequential</c> that ends in a layer over a vector, as the built-in ones do. Null for classes only.
    /// </summary>
    /// <value>Ten epochs of features first, then features with weight 1.</value>
    public FeatureDistillationOptions? Features { get; init; } = new();

    /// <summary>
    /// Gets whether the last layer is fitted to the teacher's logits by ridge regression before training, instead of
    /// starting from random weights (linear probing, then fine-tuning; Kumar et al. 2022). Skipped for a
    /// student with batch normalization that is not pretrained. The student must be a <c>Sequential</c> that ends in a
    /// <c>Linear</c>, as the built-in ones do.
    /// </summary>
    /// <value>true.</value>
    public bool LinearProbe { get; init; } = true;

    /// <summary>Gets the number of passes over the training images; at least 1.</summary>
    /// <value>15.</value>
    public int Epochs { get; init; } = 15;

    /// <summary>Gets the number of images per step; at least 1.</summary>
    /// <value>20.</value>
    public int BatchSize { get; init; } = 20;

    /// <summary>Gets the learning rate of Adam; above 0.</summary>
    /// <value>1e-3.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets how the learning rate changes during training.</summary>
    /// <value><see cref="LearningRateSchedule.Cosine"/>.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>
    /// Gets the weight decay of AdamW (Loshchilov and Hutter 2019); at least 0. With 0, the optimizer is Adam.
    /// </summary>
    /// <value>0.05.</value>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Gets the augmentation of training images; null for none.</summary>
    /// <value>Eight views.</value>
    public ImageAugmentation? Augmentation { get; init; } = new();

    /// <summary>Gets images without labels that the student is trained on, too; null for none.</summary>
    /// <value>null.</value>
    public UnlabeledImages? Unlabeled { get; init; }

    /// <summary>
    /// Gets labeled images that are evaluated after every epoch and not trained on, instead of a <see
    /// cref="ImageTrainingOptions.ValidationFraction"/> of the training data. The columns have the same names. Classes
    /// are matched by name and must be classes of the training data. Null for none.
    /// </summary>
    /// <value>null.</value>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// Gets the number of epochs without a better validation accuracy after which training stops; at least 1. Null
    /// trains for all epochs.
    /// </summary>
    /// <value>null.</value>
    public int? Patience { get; init; }

    /// <summary>
    /// Gets whether <c>Fit</c> returns the student of the epoch with the highest validation accuracy instead of that of
    /// the last epoch. <see cref="SentimentTransformer.History"/> has the accuracies of all epochs.
    /// </summary>
    /// <value>false.</value>
    public bool KeepBestEpoch { get; init; }

    /// <summary>
    /// Gets whether the student keeps up to 512 training and validation images (77 MB) in a temporary file until it is
    /// disposed, so that <see cref="OnnxExportOptions.Quantize"/> needs no
    /// <see cref="OnnxExportOptions.CalibrationData"/>.
    /// </summary>
    /// <value>false.</value>
    public bool KeepCalibrationImages { get; init; }

    /// <summary>Gets the name of the added column of probabilities, a vector of C floats.</summary>
    /// <value>Score.</value>
    public string ScoreColumnName { get; init; } = ScoreColumns.Score;

    /// <summary>Gets the name of the added column of predicted classes, a key with the class names.</summary>
    /// <value>PredictedLabel.</value>
    public string PredictedLabelColumnName { get; init; } = ScoreColumns.PredictedLabel;

    /// <summary>
    /// Returns options that train the same student on labels only, without a teacher: for a few dozen images per class,
    /// or to measure what distillation contributes.
    /// </summary>
    /// <param name="pretrained">Whether the student keeps its pretrained weights; otherwise, it starts from random ones.</param>
    public KnowledgeDistillationOptions LabelsOnly(bool pretrained = true) => this with
    {
        Recipe = $"labels only{(pretrained && Student is { IsPretrained: true } ? ", pretrained" : "")}",
        Teacher = null,
        Student = pretrained ? Student : Student?.FromScratch()!,
        Loss = DistillationLosses.HardLabels,
        Features = null,
        LinearProbe = false,
        Unlabeled = null,
    };

    /// <summary>The teacher whose features are used; null for none.</summary>
    internal Teacher? FeatureTeacher => Features?.Teacher ?? (Features is not null && Teacher is { HasFeatures: true } ? Teacher : null);

    internal ScoreColumnNames AddedColumns => new(PredictedLabelColumnName, ScoreColumnName);

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate)
    {
        RateSchedule = LearningRateSchedule, WeightDecay = WeightDecay, Patience = Patience, KeepBest = KeepBestEpoch,
    };

    internal override IEnumerable<string> FindErrors()
    {
        foreach (string error in base.FindErrors().Concat(ToSchedule().FindErrors("")))
            yield return error;
        if (string.IsNullOrWhiteSpace(Recipe))
            yield return $"{nameof(Recipe)} is empty; choose a name, such as my-recipe";
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
        bool labelsOnly = Loss is { UsesTeacher: false };
        if (Teacher is null && Loss is { UsesTeacher: true })
            yield return $"{nameof(Teacher)} is missing, and the loss '{Loss.Name}' requires one; "
                + "choose a teacher, such as Teachers.ResNet50(), or the loss DistillationLosses.HardLabels";
        foreach (string error in Features?.FindErrors() ?? [])
            yield return $"{nameof(Features)}: {error}";
        if (LinearProbe && labelsOnly)
            yield return $"{nameof(LinearProbe)} is true, but the loss does not use a teacher, so there are no logits to "
                + "fit the last layer to; set it to false, or choose a loss with a teacher";
        if (LinearProbe && Augmentation is { Mixup: > 0 })
            yield return $"{nameof(LinearProbe)} is true, but with {nameof(ImageAugmentation.Mixup)} images are mixed "
                + "during training, so the teacher's logits cannot be computed before; set one of the two";
        foreach (string error in Augmentation?.FindErrors() ?? [])
            yield return $"{nameof(Augmentation)}: {error}";
        foreach (string error in Unlabeled?.FindErrors() ?? [])
            yield return $"{nameof(Unlabeled)}: {error}";
        if (Unlabeled is not null && labelsOnly)
            yield return $"{nameof(Unlabeled)} is set, but the loss does not use a teacher; "
                + "leave it out, or choose a loss with a teacher";
        if (ValidationSet is not null && ValidationFraction != 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(ValidationSet)} is set, and "
                + $"{nameof(ValidationFraction)} is {ValidationFraction}; set one of the two");
        string[] measuring = [.. Patience is null ? [] : new[] { nameof(Patience) },
            .. KeepBestEpoch ? new[] { nameof(KeepBestEpoch) } : []];
        if (measuring.Length > 0 && ValidationFraction == 0 && ValidationSet is null)
            yield return $"{string.Join(" and ", measuring)} {(measuring.Length == 1 ? "needs" : "need")} validation images; "
                + $"set {nameof(ValidationSet)}, or {nameof(ValidationFraction)}, for example to 0.1";
        // Out-of-fold scores are found by the pixels.
        foreach (ImageFit fit in Teacher is not null && !labelsOnly ? Teacher.Fits.Distinct() : [])
            if (fit != ImageFit)
                yield return $"The teacher reads images with {fit}, the student with {ImageFit}; use one {nameof(ImageFit)}";
        Teacher?[] teachers = ReferenceEquals(FeatureTeacher, Teacher) ? [Teacher] : [Teacher, FeatureTeacher];
        foreach (string error in teachers.SelectMany(teacher => teacher?.FindErrors() ?? []))
            yield return error;
    }
}
