using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Common;

/// <summary>What has the name of an image or of a label file, and is none.</summary>
public sealed class RegularFileTests : IDisposable
{
    private const string Reason = "it is not a regular file";

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new();

    public RegularFileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such files in folders of Windows");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ImageVerification.Header)]
    [InlineData(ImageVerification.Full)]
    public async Task A_folder_with_a_pipe_is_loaded_without_it(ImageVerification verification)
    {
        foreach (string name in (string[])["awe/1.png", "awe/2.png", "joy/1.png", "joy/2.png"])
            TestImage.Write(_folder[name], 1);
        MakePipe(_folder["joy/3.png"]);

        ImageFolderOptions skipping = new() { Verify = verification, OnBadFile = BadFileAction.Skip };
        IDataView data = await Ends(() => _ml.Data.LoadImageFolder(_folder.Path, skipping));

        Assert.Equal(4, data.GetColumn<string>("Label").Count());
        var e = Assert.Throws<InvalidImageFolderException>(() => _ml.Data.LoadImageFolder(_folder.Path, new() { Verify = verification }));
        Assert.Equal([$"joy/3.png: {Reason}"], e.Problems);
    }

    [Fact]
    public async Task A_label_file_that_is_a_pipe_is_rejected()
    {
        MakePipe(_folder["labels.csv"]);

        var e = await Assert.ThrowsAsync<InvalidImageFolderException>(() => Ends(() => _ml.Data.LoadImageFolder(_folder["labels.csv"])));

        Assert.Equal([$"the file cannot be read: {Reason}"], e.Problems);
    }

    [Fact]
    public async Task Predictions_refuse_pipes_devices_sockets_and_folders()
    {
        File.WriteAllBytes(_folder["student.onnx"], ExportedStudent.Create());
        using var detector = SentimentDetector.Load(_folder["student.onnx"]);
        MakePipe(_folder["pipe.png"]);
        File.CreateSymbolicLink(_folder["link.png"], _folder["pipe.png"]);
        Directory.CreateDirectory(_folder["folder.png"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["socket.png"]));
        string[] paths = [_folder["pipe.png"], _folder["link.png"], _folder["folder.png"], _folder["socket.png"], "/dev/zero", "/dev/null"];

        var results = await Ends(() => detector.PredictMany(paths).ToList());

        Assert.All(results, result => Assert.Equal(Reason, result.Error?.Reason));
        Assert.Equal(Reason, (await Assert.ThrowsAsync<UnreadableImageException>(() => Ends(() => detector.Predict(paths[0])))).Reason);
        Assert.Equal(Reason, (await Assert.ThrowsAsync<UnreadableImageException>(() => Ends(() => detector.Explain(paths[0])))).Reason);
    }

    private static Task<T> Ends<T>(Func<T> action) =>
        Task.Run(action).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
