using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Data;
using VisualSentiment.Distillation;
using VisualSentiment.Distillation.Features;
using VisualSentiment.Distillation.Tuning;
using static Microsoft.ML.DataOperationsCatalog;

namespace VisualSentiment;

/// <summary>The front door: what VisualSentiment adds to the catalogs of an <see cref="MLContext"/>.</summary>
public static partial class VisualSentimentCatalog
{
    /// <summary>
    /// Loads the paths and labels of the images in a folder, or of those that a label file names. The images themselves
    /// are not kept in memory.
    /// </summary>
    /// <remarks>
    /// <para>Three layouts are known:</para>
    /// <list type="number">
    /// <item>a folder a class: <c>awe/1.jpg</c>, <c>awe/more/2.jpg</c>, <c>fear/1.jpg</c>; other files beside the class
    /// folders are left alone;</item>
    /// <item>one folder with the class in the names, as ArtPhoto's: <c>amusement_0487.jpg</c>;</item>
    /// <item>a .csv file with a header and a column each of files, relative to its folder, and of labels.</item>
    /// </list>
    /// <para>Images end in .jpg, .jpeg, .png, .webp, .gif or .bmp. Hidden files and folders (a leading dot), Thumbs.db and
    /// desktop.ini are ignored. Links are followed, and each folder is read once, in its own place rather than through
    /// a link. Only regular files are opened. Rows come in the ordinal order of their paths, the same on every
    /// system.</para>
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="path">A folder, or a .csv file.</param>
    /// <param name="options">How closely to look and what to do with bad files; null for the defaults.</param>
    /// <returns>Two text columns: <c>ImagePath</c>, the full path, and <c>Label</c>, the name of the class.</returns>
    /// <exception cref="InvalidImageFolderException">
    /// The folder is missing or empty, a file is unreadable or no image, a row has no label, a file has two, there are fewer
    /// than two classes, or a class has fewer than two images. All errors are listed together.
    /// </exception>
    public static IDataView LoadImageFolder(
        this DataOperationsCatalog catalog, string path, ImageFolderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return catalog.LoadFromEnumerable(ImageFolderLoader.Load(CatalogEnvironment.Of(catalog), path, options ?? new()));
    }

    /// <summary>Loads the paths of images without labels, at any depth below a folder; other files are left alone.</summary>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="path">A folder.</param>
    /// <param name="options">How closely to look and what to do with bad files; null for the defaults.</param>
    /// <returns>One text column: <c>ImagePath</c>, the full path, in the ordinal order of paths.</returns>
    /// <exception cref="InvalidImageFolderException">The folder is missing or without images, or an image is unreadable.</exception>
    public static IDataView LoadUnlabeledImages(this DataOperationsCatalog catalog, string path, ImageFolderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return catalog.LoadFromEnumerable(ImageFolderLoader.LoadUnlabeled(CatalogEnvironment.Of(catalog), path, options ?? new()));
    }

    /// <summary>Splits data into a training and a test set that both hold every class, in the proportions of the data.</summary>
    /// <remarks>
    /// <para>A class of n rows gives n * <paramref name="testFraction"/> rows to the test set, rounded, but at least one and
    /// never all. Which rows, depends on the seed and on what the rows hold and not on their order: of the text column
    /// <c>ImagePath</c> the last two segments count (then, among equals, the whole path), so that a folder that was moved
    /// splits the same; data without that column is told apart by its text and byte-vector columns. Rows that hold the same
    /// there are interchangeable.</para>
    /// <para>The data is passed over once, for these columns alone: no image is decoded. The results are views of the data;
    /// about forty bytes a row are kept.</para>
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">What to split. A row must keep its id when the data is read again, as in ML.NET's own data.</param>
    /// <param name="testFraction">The share of the test set, between 0 and 1.</param>
    /// <param name="labelColumnName">The column of classes, text or key.</param>
    /// <param name="seed">Another seed gives another split. Null for that of the <see cref="MLContext"/>, or else 0.</param>
    /// <exception cref="ArgumentException">
    /// The fraction is not between 0 and 1, there is no such label column, a row has no label, or a class has one row.
    /// </exception>
    public static TrainTestData StratifiedSplit(
        this DataOperationsCatalog catalog, IDataView data, double testFraction = 0.1,
        string labelColumnName = "Label", int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        if (testFraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(testFraction), testFraction, "The test set's share must lie between 0 and 1");
        return StratifiedParts.Split(data, testFraction, labelColumnName, seed ?? DefaultSeed(catalog));
    }

    /// <summary>
    /// Splits data into folds for cross-validation that all hold every class, in the proportions of the data. Each row is in
    /// one test set and in all other training sets.
    /// </summary>
    /// <remarks>
    /// A class has the same number of rows in every fold, give or take one. Which row goes where is decided as in
    /// <see cref="StratifiedSplit"/>.
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">What to split. A row must keep its id when the data is read again, as in ML.NET's own data.</param>
    /// <param name="folds">How many folds, from 2 to the number of rows in the smallest class.</param>
    /// <param name="labelColumnName">The column of classes, text or key.</param>
    /// <param name="seed">Another seed gives other folds. Null for that of the <see cref="MLContext"/>, or else 0.</param>
    /// <returns>A pair of training and test set for each fold.</returns>
    /// <exception cref="ArgumentException">
    /// There are fewer than two folds or more than rows in a class, no such label column, or a row without a label.
    /// </exception>
    public static IReadOnlyList<TrainTestData> StratifiedFolds(
        this DataOperationsCatalog catalog, IDataView data, int folds = 5,
        string labelColumnName = "Label", int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return StratifiedParts.Folds(data, folds, labelColumnName, seed ?? DefaultSeed(catalog));
    }

    /// <summary>Distils a student with the paper's recipe.</summary>
    /// <param name="catalog">The transforms catalog of an <see cref="MLContext"/>.</param>
    /// <param name="labelColumnName">The column of labels, text or a key with names.</param>
    /// <param name="imageColumnName">The column of images: paths, encoded bytes or images.</param>
    /// <param name="teacher">What the student learns from; one of <see cref="Teachers"/>.</param>
    /// <param name="student">The network to train; null for <see cref="Students.Paper"/>.</param>
    /// <param name="temperature">The temperature that the logits of both are divided by; above 0.</param>
    /// <param name="hardWeight">
    /// The weight of the hard labels, from 0 to 1. At 0 the loss is <see cref="DistillationLosses.SoftTarget"/>, the
    /// paper's; at 1 it is
    /// <see cref="DistillationLosses.HardLabels"/>; between them it is <see cref="DistillationLosses.Hinton"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The temperature or the weight is out of its range; both are listed.
    /// </exception>
    public static KnowledgeDistillationTrainer DistillSentiment(this TransformsCatalog catalog, string labelColumnName, string imageColumnName,
        Teacher teacher, Student? student = null, double temperature = 4, double hardWeight = 0) =>
        catalog.DistillSentiment(new KnowledgeDistillationOptions
        {
            LabelColumnName = labelColumnName,
            ImageColumnName = imageColumnName,
            Teacher = teacher,
            Student = student ?? Students.Paper,
            Loss = DistillationLosses.Of(temperature, hardWeight),
        });

    /// <summary>Distils a student.</summary>
    /// <param name="catalog">The transforms catalog of an <see cref="MLContext"/>.</param>
    /// <param name="options">Teacher, student, loss, recipe and columns.</param>
    public static KnowledgeDistillationTrainer DistillSentiment(this TransformsCatalog catalog, KnowledgeDistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new KnowledgeDistillationTrainer(CatalogEnvironment.Of(catalog), options);
    }

    /// <summary>The same as <c>Transforms.DistillSentiment</c>, where ML.NET keeps its trainers.</summary>
    /// <inheritdoc cref="DistillSentiment(TransformsCatalog, string, string, Teacher, Student, double, double)"/>
    public static KnowledgeDistillationTrainer KnowledgeDistillation(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName, string imageColumnName, Teacher teacher, Student? student = null,
        double temperature = 4, double hardWeight = 0) =>
        catalog.KnowledgeDistillation(new KnowledgeDistillationOptions
        {
            LabelColumnName = labelColumnName,
            ImageColumnName = imageColumnName,
            Teacher = teacher,
            Student = student ?? Students.Paper,
            Loss = DistillationLosses.Of(temperature, hardWeight),
        });

    /// <summary>The same as <c>Transforms.DistillSentiment</c>, where ML.NET keeps its trainers.</summary>
    /// <inheritdoc cref="DistillSentiment(TransformsCatalog, KnowledgeDistillationOptions)"/>
    public static KnowledgeDistillationTrainer KnowledgeDistillation(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        KnowledgeDistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new KnowledgeDistillationTrainer(CatalogEnvironment.Of(catalog), options);
    }

    /// <summary>
    /// Chooses options by cross-validation within the training data, so that no test image has a say: temperature, loss,
    /// hard weight, student, or whatever else the candidates differ in.
    /// </summary>
    /// <remarks>
    /// All candidates are run on the first fold, the better half of them on the second, and so on; the last two on all folds.
    /// A teacher that is to be trained is trained on each fold's training part alone; one that was trained before should not
    /// have seen the data.
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="trainingData">The labeled images that the chosen options will be trained on.</param>
    /// <param name="candidates">
    /// What to choose from: <c>options with { Loss = DistillationLosses.SoftTarget(2) }</c> and the like.
    /// </param>
    /// <param name="folds">How many folds, from 2 to the number of images in the smallest class.</param>
    /// <param name="budget">No further training begins after so long, once every candidate was run on one fold; null for no end.</param>
    /// <exception cref="ArgumentException">There are no candidates, their label columns differ, or one of them is mistaken.</exception>
    public static DistillationTuning TuneDistillation(this MulticlassClassificationCatalog catalog, IDataView trainingData,
        IEnumerable<KnowledgeDistillationOptions> candidates, int folds = 3, TimeSpan? budget = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(trainingData);
        ArgumentNullException.ThrowIfNull(candidates);
        KnowledgeDistillationOptions[] choices = [.. candidates];
        string[] labels = [.. choices.Select(options => options.LabelColumnName).Distinct(StringComparer.Ordinal)];
        if (labels.Length != 1)
            throw new ArgumentException(labels.Length == 0 ? "there are no candidates"
                : $"the candidates learn from different label columns: {string.Join(", ", labels)}", nameof(candidates));
        foreach (KnowledgeDistillationOptions options in choices)
            options.ThrowIfInvalid();
        return SuccessiveHalving.Run(trainingData, choices, folds, budget, CatalogEnvironment.Of(catalog.Trainers));
    }

    /// <summary>
    /// Teaches a student what a backbone sees in images, without labels and before it learns any classes: the student learns
    /// the direction of the backbone's features (feature distillation; Romero et al. 2015, FitNets). What comes out begins every
    /// later training with these weights, whatever its classes.
    /// </summary>
    /// <remarks>
    /// Images that a student is tested on must not be among those it is pretrained on. With a
    /// <see cref="ImageTrainingOptions.CacheFolder"/> the features of every view are computed once. The label column is not
    /// looked at.
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="images">Images; labels are neither needed nor looked at.</param>
    /// <param name="options">Teacher, student and recipe.</param>
    /// <returns>The student, to be given to a trainer or kept with <see cref="Student.SaveWeights"/>.</returns>
    /// <exception cref="ArgumentException">Options are wrong; all that are wrong are listed.</exception>
    /// <exception cref="TrainingDataException">The images cannot be trained on; everything wrong is listed.</exception>
    /// <exception cref="LibTorchUnavailableException">No libtorch backend could be loaded.</exception>
    /// <exception cref="OperationCanceledException">
    /// The options' token canceled the run, or the <see cref="MLContext"/> was canceled, as AutoML does when its time is up.
    /// </exception>
    public static Student PretrainStudent(this MulticlassClassificationCatalog catalog, IDataView images, StudentPretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        return StudentPretrainer.Run(images, options, CatalogEnvironment.Of(catalog.Trainers));
    }

    /// <summary>Trains a teacher by itself, to evaluate it and to let it teach several students.</summary>
    /// <param name="catalog">The trainers of an <see cref="MLContext"/>'s multiclass catalog.</param>
    /// <param name="labelColumnName">The column of labels, text or a key with names.</param>
    /// <param name="imageColumnName">The column of images: paths, encoded bytes or images.</param>
    /// <param name="teacher">The teacher; one of the trainable ones of <see cref="Teachers"/>.</param>
    public static TeacherTrainer SentimentTeacher(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName, string imageColumnName, TrainableTeacher teacher) =>
        catalog.SentimentTeacher(new TeacherOptions { Teacher = teacher, LabelColumnName = labelColumnName, ImageColumnName = imageColumnName });

    /// <summary>Trains a teacher by itself, to evaluate it and to let it teach several students.</summary>
    /// <param name="catalog">The trainers of an <see cref="MLContext"/>'s multiclass catalog.</param>
    /// <param name="options">Teacher, columns and run.</param>
    public static TeacherTrainer SentimentTeacher(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TeacherOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new TeacherTrainer(CatalogEnvironment.Of(catalog), options);
    }

    /// <summary>
    /// Tests a distilled student, its teacher, and the same student trained on the labels alone, on the same images: what
    /// distillation brought, and where it brought nothing, the likely cause.
    /// </summary>
    /// <remarks>
    /// Every model reads the data once, all of them row by row at the same time; nine bytes an image are kept. For figures
    /// of several folds or seeds, put the reports together with <see cref="DistillationReport.Combine"/>. An image is
    /// the same in two runs if its path in <c>ImagePath</c>, counted from the folder that all images of the run have in
    /// common, is the same; at least the last two segments count (<c>class/file.jpg</c>), so that the data may lie in
    /// another folder. Without paths, text and bytes of the rows tell images apart.
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">Labeled images that no model was trained on.</param>
    /// <param name="student">
    /// The distilled student: a transformer or a whole pipeline that adds <c>Score</c> (or the column of its options),
    /// a probability for each class.
    /// </param>
    /// <param name="teacher">Its teacher, of the same kind; null to leave it out.</param>
    /// <param name="hardLabelStudent">
    /// The same student trained with <see cref="DistillationLosses.HardLabels"/>; null to leave it out.
    /// </param>
    /// <param name="labelColumnName">The column of labels, text or key, in the data and after every model.</param>
    /// <param name="options">Polarities, and what is known of the training; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// A label or score column is missing or of another type, the models' classes or their order differ (all of this is
    /// listed together), there are no rows, a row's label is none of the classes, its scores are no probabilities, or a model
    /// does not keep the rows.
    /// </exception>
    public static DistillationReport EvaluateDistillation(this MulticlassClassificationCatalog catalog, IDataView data, ITransformer student,
        ITransformer? teacher = null, ITransformer? hardLabelStudent = null, string labelColumnName = "Label", DistillationEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        return DistillationEvaluation.Run(data, student, teacher, hardLabelStudent, labelColumnName, options ?? new());
    }

    private static int DefaultSeed(DataOperationsCatalog catalog) =>
        CatalogEnvironment.SeedOf(CatalogEnvironment.Of(catalog)) ?? 0;
}
