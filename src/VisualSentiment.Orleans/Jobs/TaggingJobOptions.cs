namespace VisualSentiment;

/// <summary>What a tagging job reads and writes.</summary>
[GenerateSerializer, Immutable]
public sealed record TaggingJobOptions
{
    /// <summary>The largest value of <see cref="ShardSize"/>.</summary>
    public const int MaxShardSize = 100_000;

    /// <summary>
    /// Gets the full path of a UTF-8 text file with one image per line: a path or an address that starts with
    /// <c>http://</c> or <c>https://</c>. All silos read it, and it must not change while the job runs.
    /// <see cref="ImageManifest"/> writes one for a folder.
    /// </summary>
    [Id(0)]
    public required string Manifest { get; init; }

    /// <summary>
    /// Gets the full path of the folder for the result files, which all silos write to. It is created if it does not
    /// exist. One job uses it.
    /// </summary>
    [Id(1)]
    public required string Output { get; init; }

    /// <summary>Gets the full path of the folder at which relative paths in the manifest start.</summary>
    /// <value>Default: null, which is the folder of the manifest.</value>
    [Id(2)]
    public string? Root { get; init; }

    /// <summary>Gets the number of images per shard and result file; from 1 to <see cref="MaxShardSize"/>.</summary>
    /// <value>Default: 1000, about a second of work for two cores. Use 10,000 from ten million images on.</value>
    [Id(3)]
    public int ShardSize { get; init; } = 1000;

    /// <summary>Gets the format of the result files.</summary>
    /// <value>Default: <see cref="TaggingFormat.JsonLines"/>.</value>
    [Id(4)]
    public TaggingFormat Format { get; init; }

    /// <summary>
    /// Gets the number of times a shard may fail, or its silo may stop, before the shard is parked; from 1 to 100.
    /// </summary>
    /// <value>Default: 5.</value>
    [Id(5)]
    public int MaxAttempts { get; init; } = 5;

    internal string RootFolder => Root ?? Path.GetDirectoryName(Manifest)!;

    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    internal void Validate()
    {
        string?[] errors =
        [
            FullPath(nameof(Manifest), Manifest) ?? (File.Exists(Manifest) ? null
                : $"{nameof(Manifest)} is '{Manifest}', which does not exist on the silo"),
            FullPath(nameof(Output), Output),
            Root is null ? null : FullPath(nameof(Root), Root),
            Range(nameof(ShardSize), ShardSize, 1, MaxShardSize),
            Range(nameof(MaxAttempts), MaxAttempts, 1, 100),
            Enum.IsDefined(Format) ? null : $"{nameof(Format)} is {(int)Format}, which is not a format",
        ];
        string[] found = [.. errors.OfType<string>()];
        if (found.Length > 0)
            throw new ArgumentException($"{nameof(TaggingJobOptions)}: {string.Join("; ", found)}.");
    }

    private static string? FullPath(string name, string? path) => Path.IsPathFullyQualified(path ?? "") ? null
        : $"{name} is '{path}'; it must be a full path, because silos have other current directories";

    private static string? Range(string name, int value, int minimum, int maximum) =>
        value >= minimum && value <= maximum ? null : FormattableString.Invariant($"{name} is {value}; it must be from {minimum} to {maximum}");
}
