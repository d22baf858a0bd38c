using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Data;
using VisualSentiment.Distillation;
using VisualSentiment.Distillation.CrossValidation;
using VisualSentiment.Distillation.Features;
using VisualSentiment.Distillation.Tuning;
using static Microsoft.ML.DataOperationsCatalog;

namespace VisualSentiment;

/// <summary>Extension methods of VisualSentiment for the catalogs of an <see cref="MLContext"/>.</summary>
public static partial class VisualSentimentCatalog
{
    /// <summary>
    /// Loads the paths and labels of the images in a folder or a label file. The images are not loaded into memory.
    /// </summary>
    /// <remarks>
    /// <para>Three layouts are supported:</para>
    /// <list type="number">
    /// <item>One folder per class: <c>awe/1.jpg</c>, <c>awe/more/2.jpg</c>, <c>fear/1.jpg</c>. Files outside the class
    /// folders are ignored.</item>
    /// <item>A single folder with the class in the file names, as in ArtPhoto: <c>amusement_0487.jpg</c>.</item>
    /// <item>A .csv file with a header, a column of file paths relative to its folder, and a column of labels.</item>
    /// </list>
    /// <para>The image extensions are .jpg, .jpeg, .png, .webp, .gif and .bmp. Hidden files and folders (with a leading
    /// dot), Thumbs.db and desktop.ini are ignored. Links are followed. A folder that is reachable both directly and
    /// through a link is read once, under its own path. Only regular files are opened. Rows are in ordinal order of
    /// their paths on every operating system.</para>
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="path">The path of a folder or a .csv file.</param>
    /// <param name="options">The validation of files and the handling of bad files; null for the defaults.</param>
    /// <returns>Two text columns: <c>ImagePath</c>, the full path, and <c>Label</c>, the name of the class.</returns>
    /// <exception cref="InvalidImageFolderException">
    /// The folder is missing or empty, a file is unreadable or not an image, a row has no label, a file has two labels,
    /// there are fewer than two classes, or a class has fewer than two images. The message lists all errors.
    /// </exception>
    public static IDataView LoadImageFolder(
        this DataOperationsCatalog catalog, string path, ImageFolderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return catalog.LoadFromEnumerable(
            ImageFolderLoader.Load(CatalogEnvironment.Of(catalog), path, options ?? new()));
    }

    /// <summary>Loads the paths of all images in a folder and its subfolders. Other files are ignored.</summary>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="path">The path of a folder.</param>
    /// <param name="options">The validation of files and the handling of bad files; null for the defaults.</param>
    /// <returns>One text column: <c>ImagePath</c>, the full path, in ordinal order.</returns>
    /// <exception cref="InvalidImageFolderException">
    /// The folder is missing or has no images, or an image is unreadable.
    /// </exception>
    public static IDataView LoadUnlabeledImages(
        this DataOperationsCatalog catalog, string path, ImageFolderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return catalog.LoadFromEnumerable(
            ImageFolderLoader.LoadUnlabeled(CatalogEnvironment.Of(catalog), path, options ?? new()));
    }

    /// <summary>
    /// Splits data into a training set and a test set. Both contain every class in the proportions of the data.
    /// </summary>
    /// <remarks>
    /// <para>A class of n rows contributes n * <paramref name="testFraction"/> rows to the test set, rounded, but at
    /// least one and never all. The selection depends on the seed and on the content of the rows, not on their order.
    /// Rows are identified by the last two segments of the text column <c>ImagePath</c>, and by the whole path if these
    /// are equal, so that moving a folder does not change the split. Without that column, rows are identified by the
    /// text and byte-vector columns. Rows that are equal in these columns are interchangeable.</para>
    /// <para>The data is read once, and only in these columns; no image is decoded. The results are views of the data
    /// and use about 40 bytes of memory per row.</para>
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">The data to split. Row ids must be the same on every read, as in ML.NET's data views.</param>
    /// <param name="testFraction">The fraction of rows in the test set, above 0 and below 1.</param>
    /// <param name="labelColumnName">The column of classes, text or key.</param>
    /// <param name="seed">
    /// The seed of the split; null uses the seed of the <see cref="MLContext"/>, or 0 if it has none.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The fraction is out of range, the label column is missing, a row has no label, or a class has only one row.
    /// </exception>
    public static TrainTestData StratifiedSplit(
        this DataOperationsCatalog catalog, IDataView data, double testFraction = 0.1,
        string labelColumnName = "Label", int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        if (testFraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(testFraction), testFraction, "The test fraction must be above 0 and below 1.");
        return StratifiedParts.Split(data, testFraction, labelColumnName, seed ?? DefaultSeed(catalog));
    }

    /// <summary>
    /// Splits data into folds for cross-validation. Every fold contains every class in the proportions of the data.
    /// Each row is in the test set of one fold and in the training sets of all others.
    /// </summary>
    /// <remarks>
    /// The numbers of rows of a class in the folds differ by at most one. Rows are assigned to folds in the same way as
    /// in <see cref="StratifiedSplit"/>.
    /// </remarks>
    /// <param name="catalog">The data catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">The data to split. Row ids must be the same on every read, as in ML.NET's data views.</param>
    /// <param name="folds">The number of folds, from 2 to the number of rows in the smallest class.</param>
    /// <param name="labelColumnName">The column of classes, text or key.</param>
    /// <param name="seed">
    /// The seed of the folds; null uses the seed of the <see cref="MLContext"/>, or 0 if it has none.
    /// </param>
    /// <returns>The training set and test set of each fold.</returns>
    /// <exception cref="ArgumentException">
    /// The number of folds is out of range, the label column is missing, or a row has no label.
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

    /// <summary>
    /// Creates a trainer that distills a student with <see cref="DistillationRecipes.Balanced"/>.
    /// </summary>
    /// <param name="catalog">The transforms catalog of an <see cref="MLContext"/>.</param>
    /// <param name="labelColumnName">The column of labels, text or a key with names.</param>
    /// <param name="imageColumnName">The column of images: paths, encoded bytes or <c>MLImage</c>.</param>
    /// <param name="teacher">The teacher, such as <see cref="Teachers.ResNet18"/>.</param>
    public static KnowledgeDistillationTrainer DistillSentiment(
        this TransformsCatalog catalog, string labelColumnName, string imageColumnName, Teacher teacher) =>
        catalog.DistillSentiment(DistillationRecipes.Balanced with
        {
            LabelColumnName = labelColumnName, ImageColumnName = imageColumnName, Teacher = teacher,
        });

    /// <summary>
    /// Creates a trainer that distills a student with the training options of the paper,
    /// <see cref="DistillationRecipes.Paper"/>.
    /// </summary>
    /// <param name="catalog">The transforms catalog of an <see cref="MLContext"/>.</param>
    /// <param name="labelColumnName">The column of labels, text or a key with names.</param>
    /// <param name="imageColumnName">The column of images: paths, encoded bytes or <c>MLImage</c>.</param>
    /// <param name="teacher">The teacher; <see cref="Teachers"/> creates all kinds of teachers.</param>
    /// <param name="student">The student to train; <see cref="Students.Paper"/> in the paper.</param>
    /// <param name="temperature">The divisor of the logits of teacher and student; above 0.</param>
    /// <param name="hardWeight">
    /// The weight of the hard labels, from 0 to 1. At 0, the loss is <see cref="DistillationLosses.SoftTarget"/>, the
    /// paper's loss. At 1, it is <see cref="DistillationLosses.HardLabels"/>. In between, it is
    /// <see cref="DistillationLosses.Hinton"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The temperature or the weight is out of range; the message lists both.
    /// </exception>
    public static KnowledgeDistillationTrainer DistillSentiment(
        this TransformsCatalog catalog, string labelColumnName, string imageColumnName,
        Teacher teacher, Student student, double temperature = 4, double hardWeight = 0) =>
        catalog.DistillSentiment(PaperOptions(
            labelColumnName, imageColumnName, teacher, student, temperature, hardWeight));

    /// <summary>Creates a trainer that distills a student.</summary>
    /// <param name="catalog">The transforms catalog of an <see cref="MLContext"/>.</param>
    /// <param name="options">The teacher, student, loss, training options and columns.</param>
    public static KnowledgeDistillationTrainer DistillSentiment(
        this TransformsCatalog catalog, KnowledgeDistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new KnowledgeDistillationTrainer(CatalogEnvironment.Of(catalog), options);
    }

    /// <summary>
    /// Creates the same trainer as <c>Transforms.DistillSentiment</c>, from the catalog of ML.NET's trainers.
    /// </summary>
    /// <inheritdoc cref="DistillSentiment(TransformsCatalog, string, string, Teacher)"/>
    public static KnowledgeDistillationTrainer KnowledgeDistillation(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName,
        string imageColumnName, Teacher teacher) =>
        catalog.KnowledgeDistillation(DistillationRecipes.Balanced with
        {
            LabelColumnName = labelColumnName, ImageColumnName = imageColumnName, Teacher = teacher,
        });

    /// <summary>
    /// Creates the same trainer as <c>Transforms.DistillSentiment</c>, from the catalog of ML.NET's trainers.
    /// </summary>
    /// <inheritdoc cref="DistillSentiment(TransformsCatalog, string, string, Teacher, Student, double, double)"/>
    public static KnowledgeDistillationTrainer KnowledgeDistillation(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName,
        string imageColumnName, Teacher teacher, Student student, double temperature = 4,
        double hardWeight = 0) =>
        catalog.KnowledgeDistillation(PaperOptions(
            labelColumnName, imageColumnName, teacher, student, temperature, hardWeight));

    /// <summary>
    /// Creates the same trainer as <c>Transforms.DistillSentiment</c>, from the catalog of ML.NET's trainers.
    /// </summary>
    /// <inheritdoc cref="DistillSentiment(TransformsCatalog, KnowledgeDistillationOptions)"/>
    public static KnowledgeDistillationTrainer KnowledgeDistillation(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        KnowledgeDistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new KnowledgeDistillationTrainer(CatalogEnvironment.Of(catalog), options);
    }

    /// <summary>
    /// Selects the best of several candidate options, which may differ in temperature, loss, hard weight, student or
    /// any other option. Candidates are compared by cross-validation on the training data only, so that the test set
    /// remains independent.
    /// </summary>
    /// <remarks>
    /// All candidates are trained on the first fold, the better half of them on the second, and so on; the last two are
    /// trained on all folds (successive halving). A trainable teacher is trained once on the training set of each fold,
    /// and all candidates with the same instance share it. A teacher that is already trained should not have been
    /// trained on this data.
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="trainingData">The labeled images that the student will be trained on.</param>
    /// <param name="candidates">
    /// The candidate options, such as <c>options with { Loss = DistillationLosses.SoftTarget(2) }</c>.
    /// </param>
    /// <param name="folds">The number of folds, from 2 to the number of images in the smallest class.</param>
    /// <param name="budget">
    /// The time after which no further training starts, except that every candidate is trained on at least one fold;
    /// null for no limit.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A candidate or another argument is invalid (the message lists all errors), or the data cannot be split.
    /// </exception>
    /// <exception cref="TrainingDataException">
    /// The data cannot be used for training, or images without labels are among them; the message lists all errors.
    /// </exception>
    public static DistillationTuning TuneDistillation(
        this MulticlassClassificationCatalog catalog, IDataView trainingData,
        IEnumerable<KnowledgeDistillationOptions> candidates, int folds = 3, TimeSpan? budget = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(trainingData);
        ArgumentNullException.ThrowIfNull(candidates);
        KnowledgeDistillationOptions[] choices = [.. candidates];
        foreach (KnowledgeDistillationOptions choice in choices)
            ArgumentNullException.ThrowIfNull(choice, nameof(candidates));
        OptionErrors.ThrowIfAny(CrossValidationErrors.FindForTuning(choices, folds, budget));
        foreach (KnowledgeDistillationOptions choice in choices)
            EvaluatedImages.ThrowIfUnlabeled(trainingData, choice.Unlabeled?.Images, choice.ImageColumnName);
        return SuccessiveHalving.Run(trainingData, choices, folds, budget, CatalogEnvironment.Of(catalog.Trainers));
    }

    /// <summary>
    /// Trains and evaluates recipes by cross-validation, and compares the first recipe with the others on the same
    /// images. Every recipe is trained on every fold of every seed.
    /// </summary>
    /// <remarks>
    /// <para>Each seed determines the folds (<see cref="StratifiedFolds"/>) and the training. A trainable teacher is
    /// trained once per fold on the training images of the fold, and all recipes with the same instance share it. A
    /// teacher that is already trained must not have been trained on the data, and images without labels must not be
    /// among them.</para>
    /// <para>The report is that of the first recipe. Its teacher is evaluated if it is trainable or a model; a score
    /// column and an ensemble are not. If the first recipe uses a teacher, the other recipes that train the same student
    /// on labels only become <see cref="DistillationReport.HardLabelStudent"/>, from random weights, and
    /// <see cref="DistillationReport.PretrainedHardLabelStudent"/>, from the same pretrained weights.
    /// <see cref="DistillationReport.Comparisons"/> contains all other recipes.</para>
    /// <para>The folder contains a file per seed, fold and recipe, which is written when the run is complete, and at
    /// the end the report as <c>report.json</c>, <c>report.md</c> and <c>report.html</c>. A later call with the same
    /// data and options and the same version of the library does not train these runs again, and it can add seeds and
    /// recipes. The data are compared by the paths and labels of the images, not by their pixels, networks and losses of
    /// your own by their names, and models of ML.NET by their types. Runs with other options or of another version are
    /// an error and are not overwritten. Recipes without a
    /// <see cref="ImageTrainingOptions.CacheFolder"/> share <c>cache</c> in the folder, which can be deleted at the
    /// end.</para>
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">The labeled images.</param>
    /// <param name="recipes">
    /// The options to compare, each with its own <see cref="KnowledgeDistillationOptions.Recipe"/>; at least one. Their
    /// seed, checkpoint folder and validation set must be null.
    /// </param>
    /// <param name="folds">The number of folds, from 2 to the number of images in the smallest class.</param>
    /// <param name="seeds">
    /// The seeds; null for the seed of the <see cref="MLContext"/>, or 1 if it has none.
    /// </param>
    /// <param name="folder">The folder of the results, which is created if it does not exist; null for none.</param>
    /// <exception cref="ArgumentException">
    /// A recipe or another argument is invalid (the message lists all errors), or the data cannot be split.
    /// </exception>
    /// <exception cref="TrainingDataException">
    /// The data cannot be used for training; the message lists all errors.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The folder contains runs with other options, which are listed, or a damaged file.
    /// </exception>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be written.</exception>
    /// <exception cref="LibTorchUnavailableException">No libtorch backend could be loaded.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token of a recipe or the <see cref="MLContext"/> was canceled.
    /// </exception>
    public static DistillationReport CrossValidateDistillation(
        this MulticlassClassificationCatalog catalog, IDataView data,
        IReadOnlyList<KnowledgeDistillationOptions> recipes, int folds = 5, IReadOnlyList<int>? seeds = null,
        string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipes);
        foreach (KnowledgeDistillationOptions recipe in recipes)
            ArgumentNullException.ThrowIfNull(recipe, nameof(recipes));
        IHostEnvironment environment = CatalogEnvironment.Of(catalog.Trainers);
        seeds ??= [CatalogEnvironment.SeedOf(environment) ?? 1];
        OptionErrors.ThrowIfAny(CrossValidationErrors.Find(recipes, folds, seeds, folder));
        foreach (KnowledgeDistillationOptions recipe in recipes)
            EvaluatedImages.ThrowIfUnlabeled(data, recipe.Unlabeled?.Images, recipe.ImageColumnName);
        return CrossValidator.Run(environment, data, recipes, folds, seeds, folder);
    }

    /// <summary>
    /// Pretrains a student on the features of a backbone, without labels: the student is trained to match the direction
    /// of the backbone's features (feature distillation; Romero et al. 2015, FitNets). Later training of the returned
    /// student starts from these weights, for any classes.
    /// </summary>
    /// <remarks>
    /// The images must not include test images. If <see cref="ImageTrainingOptions.CacheFolder"/> is set, the features
    /// of every view are computed once. The label column is ignored.
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="images">The images. Labels are not required and are ignored.</param>
    /// <param name="options">The teacher, student and training options.</param>
    /// <returns>
    /// The pretrained student. Pass it to a trainer, or save it with <see cref="Student.SaveWeights"/>.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// One or more options are invalid; the message lists them.
    /// </exception>
    /// <exception cref="TrainingDataException">
    /// The images cannot be used for training; the message lists all errors.
    /// </exception>
    /// <exception cref="LibTorchUnavailableException">No libtorch backend could be loaded.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token of the options or the <see cref="MLContext"/> was canceled. AutoML cancels the context when its time
    /// limit is reached.
    /// </exception>
    public static Student PretrainStudent(
        this MulticlassClassificationCatalog catalog, IDataView images, StudentPretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        return StudentPretrainer.Run(images, options, CatalogEnvironment.Of(catalog.Trainers));
    }

    /// <summary>Creates a trainer for a teacher, to evaluate it or to distill several students from it.</summary>
    /// <param name="catalog">The trainers of an <see cref="MLContext"/>'s multiclass catalog.</param>
    /// <param name="labelColumnName">The column of labels, text or a key with names.</param>
    /// <param name="imageColumnName">The column of images: paths, encoded bytes or <c>MLImage</c>.</param>
    /// <param name="teacher">The teacher; <see cref="Teachers"/> creates all kinds of trainable teachers.</param>
    public static TeacherTrainer SentimentTeacher(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName, string imageColumnName, TrainableTeacher teacher) =>
        catalog.SentimentTeacher(new TeacherOptions
        {
            Teacher = teacher, LabelColumnName = labelColumnName, ImageColumnName = imageColumnName,
        });

    /// <summary>Creates a trainer for a teacher, to evaluate it or to distill several students from it.</summary>
    /// <param name="catalog">The trainers of an <see cref="MLContext"/>'s multiclass catalog.</param>
    /// <param name="options">The teacher, columns and training options.</param>
    public static TeacherTrainer SentimentTeacher(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TeacherOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new TeacherTrainer(CatalogEnvironment.Of(catalog), options);
    }

    /// <summary>
    /// Evaluates a distilled student, its teacher, and the same student trained on labels only, all on the same images.
    /// The report contains the improvement by distillation, and the likely cause if there is none.
    /// </summary>
    /// <remarks>
    /// <para>All models are evaluated in a single pass over the data, with 9 bytes of memory per image. To combine the
    /// results of several folds or seeds, call <see cref="DistillationReport.Combine"/>.</para>
    /// <para>Images of different runs are matched by their paths in <c>ImagePath</c>, relative to the common folder of
    /// all images of a run, with at least the last two segments (<c>class/file.jpg</c>). The data may therefore be in
    /// different folders. Without paths, images are matched by the text and bytes of their rows.</para>
    /// </remarks>
    /// <param name="catalog">The multiclass catalog of an <see cref="MLContext"/>.</param>
    /// <param name="data">Labeled images that none of the models was trained on.</param>
    /// <param name="student">
    /// The distilled student: a transformer or a pipeline that adds <c>Score</c> (or the column set in the options), a
    /// vector of one probability per class.
    /// </param>
    /// <param name="teacher">
    /// The teacher, a transformer or a pipeline that adds the same column; null to omit it.
    /// </param>
    /// <param name="hardLabelStudent">
    /// The same student trained with <see cref="DistillationLosses.HardLabels"/>; null to omit it.
    /// </param>
    /// <param name="labelColumnName">The column of labels, text or key, in the data and in all model outputs.</param>
    /// <param name="options">
    /// The polarities of the classes and information about the training; null for the defaults.
    /// </param>
    /// <param name="pretrainedHardLabelStudent">
    /// The same student trained on hard labels from the same pretrained weights as <paramref name="student"/>, for
    /// <see cref="DistillationReport.GainOverPretrainedHardLabels"/>; null to omit it.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A label or score column is missing or has the wrong type, or the classes of the models or their order differ
    /// (the message lists all of these errors); or the data has no rows, a label is not one of the classes, the scores
    /// of a row are not probabilities, or a model changes the number or order of rows.
    /// </exception>
    public static DistillationReport EvaluateDistillation(
        this MulticlassClassificationCatalog catalog, IDataView data, ITransformer student,
        ITransformer? teacher = null, ITransformer? hardLabelStudent = null,
        string labelColumnName = "Label", DistillationEvaluationOptions? options = null,
        ITransformer? pretrainedHardLabelStudent = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        return DistillationEvaluation.Run(data, student, teacher, hardLabelStudent, pretrainedHardLabelStudent,
            labelColumnName, options ?? new());
    }

    private static KnowledgeDistillationOptions PaperOptions(string labelColumnName, string imageColumnName,
        Teacher teacher, Student student, double temperature, double hardWeight) => DistillationRecipes.Paper with
    {
        LabelColumnName = labelColumnName,
        ImageColumnName = imageColumnName,
        Teacher = teacher,
        Student = student,
        Loss = DistillationLosses.Of(temperature, hardWeight),
    };

    private static int DefaultSeed(DataOperationsCatalog catalog) =>
        CatalogEnvironment.SeedOf(CatalogEnvironment.Of(catalog)) ?? 0;
}
