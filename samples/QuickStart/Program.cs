using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment;

var ml = new MLContext(seed: 1);
IDataView images = ml.Data.LoadImageFolder(args.Length > 0 ? args[0] : "photos"); // photos/awe/1.jpg, photos/fear/2.jpg, ...
var split = ml.Data.StratifiedSplit(images, testFraction: 0.2);

using SentimentTransformer model = ml.Transforms.DistillSentiment(DistillationRecipes.Balanced with
{
    Teacher = Teachers.ResNet18(), Progress = TrainingProgress.ToConsole(),
}).Fit(split.TrainSet);

DistillationReport report = ml.MulticlassClassification.EvaluateDistillation(split.TestSet, model);
report.SaveAsHtml("report.html");
model.SaveAsOnnx("sentiment.onnx");

using SentimentDetector detector = SentimentDetector.Load("sentiment.onnx"); // Needs no libtorch.
SentimentPrediction mood = detector.Predict(split.TestSet.GetColumn<string>("ImagePath").First());
Console.WriteLine($"Accuracy {report.Student.Accuracy.Value:P1}. The first test image: {mood.Emotion} ({mood.Confidence:P0})");
