using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Architecture;

/// <summary>The folders of the library depend on each other in one direction.</summary>
public class ArchitectureTests
{
    /// <summary>A folder uses itself and the folders above it in this list, and no other.</summary>
    private static readonly string[] Order =
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
    ];

    private const int MaxFilesInFolder = 35;

    private static readonly string Source = Path.Combine(SharedFolder.RepositoryRoot(), "src", "VisualSentiment");

    [Fact]
    public void A_folder_uses_only_the_folders_above_it_in_the_list()
    {
        var trees = SourceFiles().Select(path =>
            CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path, cancellationToken: TestContext.Current.CancellationToken)).ToList();
        // The library's own types must come from the source alone.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != "VisualSentiment.dll").Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("VisualSentiment", trees, references);

        Assert.Empty(trees.SelectMany(tree => FindViolations(tree, compilation.GetSemanticModel(tree))));
    }

    [Fact]
    public void Every_folder_is_in_the_list_and_has_few_files()
    {
        var folders = SourceFiles().GroupBy(FolderOf).ToDictionary(folder => folder.Key, folder => folder.Count());

        Assert.Equal(Order.Order(StringComparer.Ordinal), folders.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(folders, folder => folder.Value > MaxFilesInFolder);
    }

    private static IEnumerable<string> FindViolations(SyntaxTree tree, SemanticModel model)
    {
        int rank = Array.IndexOf(Order, FolderOf(tree.FilePath));
        // Names in messages and documentation are no dependency.
        return tree.GetRoot().DescendantNodes(node => node is not (UsingDirectiveSyntax or InvocationExpressionSyntax
            {
                Expression: IdentifierNameSyntax { Identifier.Text: "nameof" },
            })).OfType<SimpleNameSyntax>()
            .Select(name => DeclaringFile(model.GetSymbolInfo(name)))
            .OfType<string>().Distinct()
            .Where(used => Array.IndexOf(Order, FolderOf(used)) > rank)
            .Select(used => $"{Relative(tree.FilePath)} uses {Relative(used)}");
    }

    /// <summary>The file that declares a type of the library, or the type of a member; null for other symbols.</summary>
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

    private static IEnumerable<string> SourceFiles() => Directory.GetFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(path => Relative(path).Split('/')[0] is not ("bin" or "obj"));

    private static string FolderOf(string path) => Path.GetDirectoryName(Relative(path))!.Replace('\\', '/');

    private static string Relative(string path) => Path.GetRelativePath(Source, path).Replace('\\', '/');
}
