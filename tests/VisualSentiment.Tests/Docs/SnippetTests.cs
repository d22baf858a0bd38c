using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Docs;

/// <summary>The code and the links in the Markdown files. The C# of a page is one program, from top to bottom.</summary>
public partial class SnippetTests
{
    private static readonly string[] ImplicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    // Those of the .NET SDK for web applications.
    private static readonly string[] WebUsings =
        ["Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.Extensions.DependencyInjection"];

    public static TheoryData<string> Pages => [.. Directory.GetFiles(SharedFolder.RepositoryRoot(), "*.md")
        .Concat(Directory.GetFiles(Path.Combine(SharedFolder.RepositoryRoot(), "docs"), "*.md", SearchOption.AllDirectories))
        .Append(Path.Combine(SharedFolder.RepositoryRoot(), "src", "VisualSentiment", "README.package.md"))
        .Append(Path.Combine(SharedFolder.RepositoryRoot(), "src", "VisualSentiment.Orleans", "README.md"))
        .Select(path => Path.GetRelativePath(SharedFolder.RepositoryRoot(), path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_code_of_a_page_compiles(string page)
    {
        string program = Program(Read(page));
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        bool isWeb = program.Contains("WebApplication.CreateBuilder", StringComparison.Ordinal);
        string usings = string.Concat(ImplicitUsings.Concat(isWeb ? WebUsings : []).Select(name => $"global using {name};\n"));
        var compilation = CSharpCompilation.Create("Snippets", [Parse(usings, "usings"), Parse(program, page)],
            trusted.Concat(ClusterAssemblies(program, trusted)).Select(path => MetadataReference.CreateFromFile(path)), options);

        if (program.Trim().Length > 0)
            Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_and_files_that_a_page_names_exist(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(SharedFolder.RepositoryRoot(), page))!;

        Assert.All(RelativeLink().Matches(Read(page)).Select(match => match.Groups[1].Value),
            link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{page} links to {link}"));
        Assert.All(NamedFile().Matches(Read(page)).Select(match => match.Groups[1].Value),
            file => Assert.True(Path.Exists(Path.Combine(SharedFolder.RepositoryRoot(), file)), $"{page} names {file}"));
    }

    [Fact]
    public void Continuous_integration_runs_the_test_command_of_the_README()
    {
        string command = Read("README.md").Split('\n').Single(line => line.StartsWith("dotnet test", StringComparison.Ordinal));

        Assert.Contains(command, Read(".ci/run"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_README_shows_the_quick_start_sample() =>
        Assert.Contains($"```csharp\n{Read("samples/QuickStart/Program.cs")}```", Read("README.md"), StringComparison.Ordinal);

    /// <summary>The assemblies of the sample ClusterTagger, for programs that use Orleans.</summary>
    private static IEnumerable<string> ClusterAssemblies(string program, string[] known)
    {
        if (!program.Contains("UseOrleans", StringComparison.Ordinal))
            return [];
        string[] build = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
        return Directory.GetFiles(Path.Combine(SharedFolder.RepositoryRoot(), "samples", "ClusterTagger", "Silo", "bin",
            build[0], build[1]), "*.dll").ExceptBy(known.Select(Path.GetFileName), Path.GetFileName);
    }

    private static SyntaxTree Parse(string code, string path) =>
        CSharpSyntaxTree.ParseText(code, path: path, cancellationToken: TestContext.Current.CancellationToken);

    private static string Read(string page) => File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot(), page));

    // Lines outside the fences become empty ones, so that a message names the line of the page. The directives of a second
    // file come first.
    private static string Program(string markdown)
    {
        bool inside = false;
        HashSet<string> directives = [];
        string code = string.Join('\n', markdown.Split('\n').Select(line =>
        {
            bool fence = line.StartsWith("```", StringComparison.Ordinal);
            if (fence)
                inside = line == "```csharp";
            if (!inside || fence)
                return "";
            if (!UsingDirective().IsMatch(line))
                return line;
            directives.Add(line);
            return "";
        }));
        return string.Concat(directives) + code;
    }

    [GeneratedRegex(@"^using (static )?[\w.]+( = [\w.]+)?;$")]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"`((?:docs|samples|src|tests)/[\w./-]+)`")]
    private static partial Regex NamedFile();
}
