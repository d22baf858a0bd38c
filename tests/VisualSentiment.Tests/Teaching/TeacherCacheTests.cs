using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Teaching;

public sealed class TeacherCacheTests : IDisposable
{
    private static readonly UInt128 One = TeacherCache.KeyOf([1]), Two = TeacherCache.KeyOf([2]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cached_scores_are_read_by_another_process()
    {
        using (var cache = Open())
            cache.Add(One, [1, 2, 3]);

        using var again = Open();
        Assert.Equal([1, 2, 3], Read(again, One));
        Assert.Empty(Read(again, Two));
    }

    [Fact]
    public void Other_pixels_have_another_key() => Assert.NotEqual(One, Two);

    [Fact]
    public void Another_teacher_has_another_file()
    {
        using (var cache = Open())
            cache.Add(One, [1, 2, 3]);

        using var other = TeacherCache.Open(_folder.Path, "another teacher", 3);
        Assert.Empty(Read(other, One));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void A_damaged_record_is_computed_again_and_not_believed()
    {
        using (var cache = Open())
        {
            cache.Add(One, [1, 2, 3]);
            cache.Add(Two, [4, 5, 6]);
        }
        byte[] bytes = File.ReadAllBytes(FilePath);
        bytes[40 + 16 + 5] ^= 1; // a value of the first record, behind header and key
        File.WriteAllBytes(FilePath, bytes);

        using var again = Open();
        Assert.Empty(Read(again, One));
        Assert.Equal([4, 5, 6], Read(again, Two));
        again.Add(One, [1, 2, 3]);
        Assert.Equal([1, 2, 3], Read(again, One));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(39)]
    public void A_record_that_was_cut_off_is_written_anew(int missing)
    {
        using (var cache = Open())
        {
            cache.Add(One, [1, 2, 3]);
            cache.Add(Two, [4, 5, 6]);
        }
        using (var file = new FileStream(FilePath, FileMode.Open))
            file.SetLength(file.Length - Math.Min(missing, 35));

        using (var again = Open())
        {
            Assert.Equal([1, 2, 3], Read(again, One));
            Assert.Empty(Read(again, Two));
            again.Add(Two, [4, 5, 6]);
        }
        using var third = Open();
        Assert.Equal([4, 5, 6], Read(third, Two));
    }

    [Fact]
    public void A_file_of_something_else_is_started_over()
    {
        using (var cache = Open())
            cache.Add(One, [1, 2, 3]);
        File.WriteAllText(FilePath, "not a cache, whatever its name says; and longer than a header is");

        using var again = Open();
        Assert.Equal(0, again.Count);
        again.Add(One, [1, 2, 3]);
        Assert.Equal([1, 2, 3], Read(again, One));
    }

    [Fact]
    public void The_file_stays_within_its_limit()
    {
        using (var cache = TeacherCache.Open(_folder.Path, "teacher", 3, limit: 40 + 2 * 36))
            for (byte i = 0; i < 10; i++)
                cache.Add(TeacherCache.KeyOf([i]), [i, i, i]);

        Assert.Equal(40 + 2 * 36, new FileInfo(FilePath).Length);
    }

    [Fact]
    public void A_full_file_is_warned_of_once()
    {
        List<string> warnings = [];
        var ml = new MLContext(1);
        ml.Log += (_, entry) => { if (entry.Kind == ChannelMessageKind.Warning) warnings.Add(entry.RawMessage); };
        using IChannel log = CatalogEnvironment.Of(ml.Data).Start("test");
        using (var cache = TeacherCache.Open(_folder.Path, "teacher", 3, limit: 40 + 2 * 36, log))
            for (byte i = 0; i < 10; i++)
                cache.Add(TeacherCache.KeyOf([i]), [i, i, i]);

        Assert.Contains("is full at 112 bytes", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains(nameof(ImageTrainingOptions.CacheLimit), warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_warned_of_once_and_values_are_kept_in_memory()
    {
        List<string> warnings = [];
        var ml = new MLContext(1);
        ml.Log += (_, entry) => { if (entry.Kind == ChannelMessageKind.Warning) warnings.Add(entry.RawMessage); };
        using IChannel log = CatalogEnvironment.Of(ml.Data).Start("test");
        using (var cache = Open(log))
        {
            cache.Add(One, [1, 2, 3]);
            cache.WriteRecord = (_, _, _) => throw new IOException("No space left on device");
            cache.Add(Two, [4, 5, 6]);
            cache.Add(TeacherCache.KeyOf([3]), [7, 8, 9]);

            Assert.Contains("No space left on device", Assert.Single(warnings), StringComparison.Ordinal);
            Assert.Contains(nameof(ImageTrainingOptions.CacheFolder), warnings[0], StringComparison.Ordinal);
            Assert.Equal([1, 2, 3], Read(cache, One));
            Assert.Equal([4, 5, 6], Read(cache, Two));
            Assert.Equal([7, 8, 9], Read(cache, TeacherCache.KeyOf([3])));
            Assert.Equal(3, cache.Count);
        }
        using var again = Open();
        Assert.Equal([1, 2, 3], Read(again, One));
        Assert.Empty(Read(again, Two));
    }

    [Fact]
    public void Memory_stays_within_its_limit()
    {
        using var cache = TeacherCache.InMemory(3, limit: 5 * 36);
        for (byte i = 0; i < 10; i++)
            cache.Add(TeacherCache.KeyOf([i]), [i, i, i]);

        Assert.Equal(5, cache.Count);
    }

    [Fact]
    public void A_file_that_another_program_uses_is_replaced_by_memory_with_a_warning()
    {
        var ml = new MLContext();
        List<string> warnings = [];
        ml.Log += (_, entry) =>
        {
            if (entry.Kind == ChannelMessageKind.Warning)
                warnings.Add(entry.RawMessage);
        };
        using IChannel log = CatalogEnvironment.Of(ml.Data).Start("test");
        Open(log).Dispose();
        Assert.Empty(warnings);
        using FileStream other = new(Directory.GetFiles(_folder.Path).Single(), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var cache = Open(log);
        Assert.Contains($"{other.Name}' is in use", Assert.Single(warnings), StringComparison.Ordinal);
        cache.Add(One, [1, 2, 3]);

        Assert.Equal([1, 2, 3], Read(cache, One));
    }

    [Fact]
    public void Several_users_in_one_process_share_a_file()
    {
        TeacherCache first = Open(), second = Open();
        second.Add(One, [1, 2, 3]);
        Assert.Equal([1, 2, 3], Read(first, One));

        first.Dispose();
        Assert.Equal([1, 2, 3], Read(second, One));
        second.Dispose();

        using TeacherCache reopened = Open();
        Assert.Equal([1, 2, 3], Read(reopened, One));
    }

    [Fact]
    public void A_value_is_computed_once()
    {
        using var cache = TeacherCache.InMemory(1);
        int computed = 0;
        float[] value = new float[1];
        for (int i = 0; i < 3; i++)
            cache.ReadOrCompute([1, 2, 3], value, 0, (_, pixels, values) => values[0] = pixels.Length + computed++);

        Assert.Equal(1, computed);
        Assert.Equal([3f], value);
    }

    [Fact]
    public void Threads_that_read_and_add_at_once_get_the_values_of_their_own_images()
    {
        const int Images = 64, Rounds = 40;
        UInt128[] keys = [.. Enumerable.Range(0, Images).Select(i => TeacherCache.KeyOf([(byte)i]))];
        using var cache = Open();
        int found = 0, wrong = 0;
        Parallel.For(0, Images * Rounds, new ParallelOptions { MaxDegreeOfParallelism = 8 }, work =>
        {
            int image = work * 7 % Images;
            float[] values = Read(cache, keys[image]);
            if (values.Length == 0)
                cache.Add(keys[image], [image, -image, 0.5f]);
            else if (Interlocked.Increment(ref found) > 0 && !values.AsSpan().SequenceEqual([image, -image, 0.5f]))
                Interlocked.Increment(ref wrong);
        });

        Assert.Equal(0, wrong);
        Assert.True(found > Images, $"Only {found} values were read.");
        Assert.Equal(Images, cache.Count);
    }

    private string FilePath => Directory.GetFiles(_folder.Path).Single();

    private TeacherCache Open(IChannel? log = null) => TeacherCache.Open(_folder.Path, "teacher", 3, log: log);

    private static float[] Read(TeacherCache cache, UInt128 key)
    {
        float[] values = new float[3];
        return cache.TryRead(key, values) ? values : [];
    }
}
