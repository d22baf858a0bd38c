using System.Text;
using VisualSentiment.Cluster.Manifests;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.OrleansTests;

/// <summary>Manifests are split into shards and read again.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => _folder["manifest.txt"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a\nb\nc\n", 2, "a,b|c")]
    [InlineData("a\nb\nc", 2, "a,b|c")]
    [InlineData("a\r\nb\r\n", 1, "a|b")]
    [InlineData("\n\na\n\r\n\nb\n\n", 1, "a|b")]
    [InlineData("\uFEFFa\nü/é.jpg\n", 5, "a,ü/é.jpg")]
    [InlineData("", 5, "")]
    [InlineData("\n\r\n", 5, "")]
    public async Task Lines_that_are_not_empty_are_images(string text, int shardSize, string expected)
    {
        await File.WriteAllTextAsync(Path, text, new UTF8Encoding(false), Token);
        var manifest = new Manifest(Path);

        List<string> shards = [];
        foreach (ManifestSlice slice in manifest.Split(0, shardSize))
        {
            string[] images = await manifest.ReadAsync(slice, Token);
            Assert.Equal(slice.Images, images.Length);
            shards.Add(string.Join(',', images));
        }

        Assert.Equal(expected, string.Join('|', shards));
    }

    [Fact]
    public async Task A_split_can_continue_at_the_end_of_any_shard()
    {
        await File.WriteAllLinesAsync(Path, Enumerable.Range(0, 100_000).Select(i => $"folder/image {i}.jpg"), Token);
        var manifest = new Manifest(Path);

        ManifestSlice[] whole = [.. manifest.Split(0, 1234)];
        ManifestSlice[] rest = [.. manifest.Split(whole[39].Start + whole[39].Length, 1234)];

        Assert.Equal(82, whole.Length);
        Assert.Equal(whole[40..], rest);
        Assert.Equal(100_000, whole.Sum(slice => slice.Images));
    }

    [Fact]
    public async Task A_manifest_that_has_changed_is_refused()
    {
        await File.WriteAllLinesAsync(Path, ["a", "b"], Token);
        var manifest = new Manifest(Path);
        ManifestSlice slice = manifest.Split(0, 10).Single();
        await File.WriteAllLinesAsync(Path, ["a", "c"], Token);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => manifest.ReadAsync(slice, Token));

        Assert.Equal($"The manifest '{Path}' has changed since the job was started. Restore it, or start a job with another "
            + "name.", error.Message);
    }

    [Fact]
    public async Task A_file_without_line_breaks_is_refused()
    {
        await File.WriteAllBytesAsync(Path, new byte[Manifest.MaxLineLength + 1], Token);

        var error = Assert.Throws<InvalidDataException>(() => new Manifest(Path).Split(0, 10).ToArray());

        Assert.Contains("has a line of more than 32768 bytes at byte 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused()
    {
        await File.WriteAllBytesAsync(Path, [0xC3, 0x28, (byte)'\n'], Token);
        var manifest = new Manifest(Path);

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => manifest.ReadAsync(manifest.Split(0, 10).Single(), Token));

        Assert.Equal($"The manifest '{Path}' is not UTF-8 between the bytes 0 and 3.", error.Message);
    }

    [Fact]
    public async Task A_folder_becomes_a_sorted_list_of_its_images()
    {
        foreach (string name in (string[])["b/2.PNG", "b/1.jpg", "a.webp", "b/c/d.gif", "notes.txt", ".hidden/x.jpg", "z.bmp"])
            await File.WriteAllTextAsync(_folder[$"images/{name}"], "", Token);

        long count = ImageManifest.WriteFolder(_folder["images"], Path, Token);

        Assert.Equal(["a.webp", "b/1.jpg", "b/2.PNG", "b/c/d.gif", "z.bmp"], await File.ReadAllLinesAsync(Path, Token));
        Assert.Equal(5, count);
        Assert.Equal(["images", "manifest.txt"], Directory.EnumerateFileSystemEntries(_folder.Path)
            .Select(System.IO.Path.GetFileName).Order());
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(
            () => ImageManifest.WriteFolder(System.IO.Path.Combine(_folder.Path, "nothing"), Path, Token));

        Assert.Equal($"The folder '{_folder.Path}/nothing' does not exist.", error.Message);
        Assert.False(File.Exists(Path));
    }
}
