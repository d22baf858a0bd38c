using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using OwnStudent;
using VisualSentiment;
using static TorchSharp.torch.nn;

const int BadUsage = 2;

Argument<string> folder = new("OUTPUT")
{
    Description = "The folder for the images, the .onnx file and the .zip file.",
    DefaultValueFactory = _ => Path.Combine("output", "own-student"),
};
folder.Validators.Add(result =>
{
    foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-')))
        result.AddError($"'{token.Value}' is not an option.");
});
RootCommand command = new("Trains a custom student with a custom loss, saves it, and predicts.") { folder };
var commandLine = command.Parse(args);
if (commandLine.Action is not null || commandLine.Errors.Count > 0)
{
    int exitCode = commandLine.Invoke();
    return commandLine.Errors.Count > 0 ? BadUsage : exitCode;
}

// Images of three moods; a quarter of each mood is held out.
string output = commandLine.GetRequiredValue(folder), folderOfImages = Path.Combine(output, "images");
Sketches.Draw(folderOfImages, imagesPerMood: 16, seed: 1);
var ml = new MLContext(seed: 1);
IDataView images = ml.Data.LoadImageFolder(folderOfImages);
var keys = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(images);
var split = ml.Data.StratifiedSplit(images, testFraction: 0.25);
IDataView train = keys.Transform(split.TrainSet), test = keys.Transform(split.TestSet);

// A small teacher, so that the sample takes seconds.
var plain = Teachers.Network("plain", classes => Sequential(
    ("conv1", Conv2d(3, 32, kernel_size: 7, stride: 4)), ("relu1", ReLU()),
    ("conv2", Conv2d(32, 64, kernel_size: 3, stride: 2)), ("relu2", ReLU()),
    ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(64, classes))),
    new TeacherTrainingOptions { Epochs = 8, BatchSize = 6, LearningRate = 3e-3 });
using var teacher = ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", plain).Fit(train);

// A custom student and a custom loss are used like the built-in ones, with the library's wrappers.
using SentimentTransformer student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
{
    Teacher = Teachers.FromModel(teacher),
    Student = SqueezeExciteStudent.Recipe,
    Loss = new JensenShannonLoss(temperature: 2).WithHardLabels(0.1),
    Epochs = 10,
    BatchSize = 6,
    LearningRate = 3e-3,
}).Fit(train);

string onnx = Path.Combine(output, "sentiment.onnx"), zip = Path.Combine(output, "sentiment.zip");
student.SaveAsOnnx(onnx);
ml.Model.Save(student, images.Schema, zip);
ITransformer loaded = new MLContext().Model.Load(zip, out _);
// ML.NET keeps the ONNX model of a loaded chain in a temporary file until the chain is disposed.
using var chain = (IDisposable)loaded;
using var detector = SentimentDetector.Load(onnx);

string[] files = [.. test.GetColumn<string>("ImagePath")];
float[][] scores = [.. student.Transform(test).GetColumn<float[]>("Score")];
Student recipe = SqueezeExciteStudent.Recipe;
Print("", "accuracy", "maximum score difference");
Print($"teacher '{teacher.Name}'", Accuracy(teacher));
Print($"student '{recipe.Name}', {recipe.CountParameters(classes: 3).Trainable} parameters", Accuracy(student));
Print("the student's .zip, loaded", Accuracy(loaded), Difference(loaded.Transform(test).GetColumn<float[]>("Score")));
SentimentPrediction[] predictions = [.. files.Select(detector.Predict)];
Print("the student's .onnx, loaded", Share(files.Zip(predictions, (file, p) => Mood(file) == p.Emotion ? 1.0 : 0).Average()),
    Difference(predictions.Select(p => student.Classes.Select(mood => p[mood]).ToArray())));
Console.WriteLine($"{train.GetColumn<string>("ImagePath").Count()} training images, {files.Length} test images. Written: {onnx}, {zip}");
return 0;

string Accuracy(ITransformer model) => Share(ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);

string Share(double value) => value.ToString("0%", CultureInfo.InvariantCulture);

string Difference(IEnumerable<float[]> others) =>
    scores.Zip(others, (ours, theirs) => ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max()).Max().ToString("0.000000", CultureInfo.InvariantCulture);

static string Mood(string file) => Path.GetFileName(Path.GetDirectoryName(file)!);

static void Print(string model, string accuracy, string difference = "") => Console.WriteLine($"{model,-45} {accuracy,8}   {difference}".TrimEnd());
