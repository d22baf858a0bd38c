using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Architecture;

/// <summary>The folders of each package depend on each other in one direction.</summary>
public class ArchitectureTests
{
    private const string Library = "VisualSentiment", Cluster = "VisualSentiment.Orleans";

    /// <summary>A folder uses itself and the folders above it in the list of its project, and no other.</summary>
    private static readonly Dictionary<string, string[]> Orders = new()
    {
        [Library] =
        [
            "Common",
            "Imaging",
            "Imaging/Augmentation",
            "Data/Columns",
            "Data",
            "LibTorch/Workarounds",
            "LibTorch",
            "Onnx",
            "Onnx/Validation",
            "Onnx/Files",
            "Onnx/Export/Passes",
            "Onnx/Export",
            "Onnx/Ensembles",
            "Onnx/Evidence",
            "Onnx/Import",
            "Inference",
            "Quantization",
            "Evaluation/Statistics",
            "Evaluation/Diagnostics",
            "Evaluation",
            "Evaluation/Html",
            "Weights",
            "Networks",
            "Prediction/Explanations",
            "Prediction/DataView",
            "Prediction/Persistence",
            "Prediction",
            "Pixels",
            "Training/Gradients",
            "Training",
            "Teaching",
            "Distillation/Losses",
            "Distillation/Features",
            "Distillation",
            "Distillation/CrossValidation",
            "Distillation/Tuning",
            "Hosting",
            "",
        ],
        [Cluster] = ["Jobs", "Manifests", "Ledger", "Silos", "Results", "Grains", ""],
    };

    private const int MaxFilesInFolder = 35;

    private static readonly string Sources = Path.Combine(SharedFolder.RepositoryRoot(), "src");

    public static TheoryData<string> Projects => [.. Orders.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_the_folders_above_it_in_the_list(string project)
    {
        var trees = SourceFiles(project).Select(path =>
            CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path, cancellationToken: TestContext.Current.CancellationToken)).ToList();
        // The project's own types must come from the source alone.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != $"{project}.dll").Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(project, trees, references);

        Assert.Empty(trees.SelectMany(tree => FindViolations(project, tree, compilation.GetSemanticModel(tree))));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_is_in_the_list_and_has_few_files(string project)
    {
        var folders = SourceFiles(project).GroupBy(path => FolderOf(project, path))
            .ToDictionary(folder => folder.Key, folder => folder.Count());

        Assert.Equal(Orders[project].Order(StringComparer.Ordinal), folders.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(folders, folder => folder.Value > MaxFilesInFolder);
    }

    private static IEnumerable<string> FindViolations(string project, SyntaxTree tree, SemanticModel model)
    {
        int rank = Rank(tree.FilePath);
        // Names in messages and documentation are no dependency.
        return tree.GetRoot().DescendantNodes(node => node is not (UsingDirectiveSyntax or InvocationExpressionSyntax
            {
                Expression: IdentifierNameSyntax { Identifier.Text: "nameof" },
            })).OfType<SimpleNameSyntax>()
            .Select(name => DeclaringFile(model.GetSymbolInfo(name)))
            .OfType<string>().Distinct()
            .Where(used => Rank(used) > rank)
            .Select(used => $"{Relative(project, tree.FilePath)} uses {Relative(project, used)}");

        int Rank(string path) => Array.IndexOf(Orders[project], FolderOf(project, path));
    }

    /// <summary>The file that declares a type of the project, or the type of a member; null for other symbols.</summary>
    private static string? DeclaringFile(SymbolInfo info)
    {
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        INamedTypeSymbol? type = symbol switch
        {
            INamedTypeSymbol named => named,
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType,
            _ => null,
        };
        while (type?.ContainingType is { } outer)
            type = outer;
        return type?.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
    }

    private static IEnumerable<string> SourceFiles(string project) =>
        Directory.GetFiles(Path.Combine(Sources, project), "*.cs", SearchOption.AllDirectories)
            .Where(path => Relative(project, path).Split('/')[0] is not ("bin" or "obj"));

    private static string FolderOf(string project, string path) =>
        Path.GetDirectoryName(Relative(project, path))!.Replace('\\', '/');

    private static string Relative(string project, string path) =>
        Path.GetRelativePath(Path.Combine(Sources, project), path).Replace('\\', '/');
}
