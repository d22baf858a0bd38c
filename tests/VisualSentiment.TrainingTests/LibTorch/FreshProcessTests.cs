using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.LibTorch;

/// <summary>Who loads libtorch, in which order, and what an application sees of it.</summary>
public class FreshProcessTests
{
    private const string OwnTraining = """
        using var network = TorchSharp.torch.nn.Linear(2, 1);
        using var optimizer = TorchSharp.torch.optim.SGD(network.parameters(), 0.1);
        using var input = TorchSharp.torch.ones(4, 2);
        float last = 0;
        for (int i = 0; i < 50; i++)
        {
            optimizer.zero_grad();
            using var loss = network.forward(input).sub(3).pow(2).mean();
            loss.backward();
            optimizer.step();
            last = loss.item<float>();
        }
        Console.WriteLine(last < 0.01f ? "learnt" : "learnt nothing");

        """;

    private const string LoadedLibraries = """
        Console.WriteLine(File.ReadLines("/proc/self/maps").Any(l => l.Contains("libtorch", StringComparison.OrdinalIgnoreCase)) ? "libtorch" : "no libtorch");

        """;

    [Theory]
    [InlineData(FolderLayout.EverySystem)]
    [InlineData(FolderLayout.OneSystem)]
    public void Application_trains_with_torchsharp_after_the_library_has_used_it(FolderLayout layout)
    {
        using var process = new FreshProcess(
            "Console.WriteLine(Students.Paper.CountParameters(8).Trainable);\n" + OwnTraining + LoadedLibraries, layout);

        Assert.Equal(["145800", "learnt", "libtorch"], process.Run());
        Assert.Empty(process.Leftovers);
    }

    [Theory]
    [InlineData(FolderLayout.EverySystem)]
    [InlineData(FolderLayout.OneSystem)]
    public void Any_call_to_the_library_is_enough_for_the_applications_own_torchsharp_code(FolderLayout layout)
    {
        using var process = new FreshProcess("Console.WriteLine(Students.Paper.Name);\n" + LoadedLibraries + OwnTraining, layout);

        Assert.Equal(["paper", "no libtorch", "learnt"], process.Run());
        Assert.Empty(process.Leftovers);
    }

    [Fact]
    public void Student_of_the_applications_own_may_be_the_first_to_use_torchsharp()
    {
        using var process = new FreshProcess("""
            var student = Students.Custom("mine", classes => TorchSharp.torch.nn.Sequential(
                TorchSharp.torch.nn.AvgPool2d(32), TorchSharp.torch.nn.Flatten(), TorchSharp.torch.nn.Linear(147, classes)));
            Console.WriteLine(student.CountParameters(3).Trainable);
            """, FolderLayout.EverySystem);

        Assert.Equal(["444"], process.Run());
        Assert.Empty(process.Leftovers);
    }

    [Fact]
    public void Predicting_never_loads_libtorch_though_it_is_there()
    {
        using var folder = new TemporaryFolder();
        string image = TestImage.Write(folder["image.png"], 3), model = folder["model.zip"];
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = image }]);
        using (var transformer = new SentimentTransformer(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance))
            ml.Model.Save(transformer, data.Schema, model);
        using var process = new FreshProcess("""
            using var detector = SentimentDetector.Load(args[0]);
            Console.WriteLine(detector.Predict(args[1]).Scores.Count);

            var ml = new Microsoft.ML.MLContext();
            using var engine = ml.Model.CreatePredictionEngine<Row, Prediction>(ml.Model.Load(args[0], out _));
            Console.WriteLine(engine.Predict(new Row { ImagePath = args[1] }).Score.Length);

            """ + LoadedLibraries + """
            public sealed class Row
            {
                public string ImagePath { get; set; } = "";
            }

            public sealed class Prediction
            {
                public float[] Score { get; set; } = [];
            }
            """, FolderLayout.EverySystem);

        Assert.Equal(["3", "3", "no libtorch"], process.Run(model, image));
    }

    [Theory]
    [InlineData(FolderLayout.EverySystem)]
    [InlineData(FolderLayout.OneSystem)]
    public void Training_without_a_backend_is_explained_and_nothing_else_is_printed(FolderLayout layout)
    {
        using var process = new FreshProcess("""
            try
            {
                Students.Paper.CountParameters(8);
            }
            catch (LibTorchUnavailableException e)
            {
                Console.WriteLine(e.Message);
            }
            """, layout, backend: false);

        string[] lines = process.Run();

        Assert.Equal("libtorch, which training needs, could not be loaded. Possible causes:", lines[0]);
        Assert.StartsWith("  1. No backend: libtorch_cpu.so is not in the folder of the application.", lines[1]);
        Assert.Contains("dotnet add package libtorch-cpu-linux-x64 --version 2.10.0", lines[1]);
        Assert.StartsWith("Folders searched: ", lines[2]);
        Assert.StartsWith("Message of the loader: ", lines[3]);
        Assert.DoesNotContain(lines, line => line.Contains("LoadNativeBackend", StringComparison.Ordinal));
        Assert.Empty(process.Leftovers);
    }

    [Fact]
    public void Describing_a_loss_loads_no_libtorch()
    {
        using var process = new FreshProcess("""
            Console.WriteLine(DistillationLosses.HardLabels.Name);
            Console.WriteLine(DistillationLosses.LogitMse.Standardized().WithHardLabels(0.5).Name);
            Console.WriteLine(DistillationLosses.SoftTarget(2).Name);

            """ + LoadedLibraries, FolderLayout.EverySystem);

        Assert.Equal(["hard labels", "logit MSE, of standardized logits, and hard labels, weight 0.5", "soft targets, T=2", "no libtorch"], process.Run());
    }

    [Fact]
    public void A_loss_of_the_applications_own_says_that_there_is_no_backend_each_time()
    {
        using var process = new FreshProcess("""
            for (int i = 0; i < 2; i++)
                try
                {
                    Console.WriteLine(DistillationLosses.HardLabels.Name);
                    new Own();
                }
                catch (LibTorchUnavailableException)
                {
                    Console.WriteLine("unavailable");
                }

            internal sealed class Own : DistillationLoss
            {
                public override string Name => "own";

                public override TorchSharp.torch.Tensor Compute(TorchSharp.torch.Tensor a, TorchSharp.torch.Tensor b, TorchSharp.torch.Tensor c) => a;
            }
            """, FolderLayout.EverySystem, backend: false);

        Assert.Equal(["hard labels", "unavailable", "hard labels", "unavailable"], process.Run());
    }

    [Fact]
    public void Application_that_used_torchsharp_too_early_is_told_what_to_do()
    {
        using var process = new FreshProcess("""
            try
            {
                TorchSharp.torch.ones(1);
                Console.WriteLine("loads by itself");
            }
            catch (TypeInitializationException)
            {
                UseTheLibrary();
            }

            // In a method of its own: the runtime starts a library when it compiles a method that calls it.
            static void UseTheLibrary()
            {
                try
                {
                    Students.Paper.CountParameters(8);
                }
                catch (Exception e)
                {
                    Console.WriteLine($"{e.GetType().Name}: {e.Message}");
                }
            }
            """, FolderLayout.EverySystem);
        process.Environment["NUGET_PACKAGES"] = "/nowhere"; // or TorchSharp would copy the backend before it gives up

        string last = process.Run()[^1];

        Assert.SkipWhen(last == "loads by itself", "TorchSharp needs no help on this system");
        Assert.StartsWith("LibTorchUnavailableException: ", last);
        Assert.Contains("Use VisualSentiment before TorchSharp", last);
    }
}
