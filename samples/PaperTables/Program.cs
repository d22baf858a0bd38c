using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using VisualSentiment;

// The paper's comparison (Tables 3 and 4) on any folder of images: the teacher, the student distilled at several
// temperatures, and the same student on labels only. tests/VisualSentiment.PaperTables repeats the whole evaluation.
if (args is not [var folder, ..] || args.Length > 2 || folder.StartsWith('-'))
{
    Console.Error.WriteLine("Usage: PaperTables IMAGES [RESNET50.safetensors]");
    Console.Error.WriteLine("Without weights of ResNet-50, the teacher is the ResNet-18 of a NuGet package.");
    return 2;
}
try
{
    var ml = new MLContext(seed: 1);
    // The paper trains on 90% of ArtPhoto and tests on 10%.
    var split = ml.Data.StratifiedSplit(ml.Data.LoadImageFolder(folder), testFraction: 0.1);
    TrainableTeacher network = args.Length == 2 ? Teachers.ResNet50(args[1]) : Teachers.ResNet18();
    Console.WriteLine($"{"network",-36}{"parameters",14}{"accuracy",10}{"training",12}");

    var clock = Stopwatch.StartNew();
    using TeacherTransformer teacher =
        ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", network).Fit(split.TrainSet);
    Write($"teacher, {network.Name}", teacher.Parameters, teacher, clock.Elapsed);

    KnowledgeDistillationOptions paper = DistillationRecipes.Paper with { Teacher = Teachers.FromModel(teacher) };
    foreach (double temperature in (double[])[3, 4, 6, 7, 8])
        Train($"student, distilled at T = {temperature}", paper with { Loss = DistillationLosses.SoftTarget(temperature) });
    Train("student, labels only", paper.LabelsOnly());
    return 0;

    void Train(string name, KnowledgeDistillationOptions options)
    {
        clock.Restart();
        using SentimentTransformer student = ml.Transforms.DistillSentiment(options).Fit(split.TrainSet);
        Write(name, options.Student.CountParameters(student.Classes.Count).Trainable, student, clock.Elapsed);
    }

    void Write(string name, long parameters, ITransformer model, TimeSpan time)
    {
        double accuracy = ml.MulticlassClassification.EvaluateDistillation(split.TestSet, model).Student.Accuracy.Value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-36}{parameters,14:N0}{accuracy,10:P1}{time,12:m\\:ss}"));
    }
}
catch (Exception e) when (e is VisualSentimentException or ArgumentException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
