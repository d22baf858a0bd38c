using System.Runtime.InteropServices;
using System.Xml.Linq;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.LibTorch;

public class LibTorchDiagnosisTests
{
    [Theory]
    [InlineData("linux-x64", Architecture.X64, "libtorch_cpu.so", "libtorch-cpu-linux-x64")]
    [InlineData("win-x64", Architecture.X64, "torch_cpu.dll", "libtorch-cpu-win-x64")]
    [InlineData("win-arm64", Architecture.Arm64, "torch_cpu.dll", "libtorch-cpu-win-arm64")]
    [InlineData("osx-arm64", Architecture.Arm64, "libtorch_cpu.dylib", "libtorch-cpu-osx-arm64")]
    public void Missing_backend_names_the_package_of_the_system(string runtime, Architecture architecture, string library, string package)
    {
        string cause = Assert.Single(Causes("not found", runtime, architecture, backend: false));

        Assert.StartsWith("  1. ", cause);
        Assert.Contains(library, cause);
        Assert.Contains($"dotnet add package {package} --version 2.10.0", cause);
    }

    [Theory]
    [InlineData("linux-musl-x64", Architecture.X64, "glibc")]
    [InlineData("alpine.3.22-x64", Architecture.X64, "glibc")]
    [InlineData("linux-arm64", Architecture.Arm64, "Linux on arm64")]
    [InlineData("osx-x64", Architecture.X64, "Intel")]
    [InlineData("win-x86", Architecture.X86, "this one is X86")]
    [InlineData("linux-arm", Architecture.Arm, "this one is Arm")]
    public void System_without_a_backend_is_named_and_no_package_is_recommended(string runtime, Architecture architecture, string reason)
    {
        string cause = Assert.Single(Causes("not found", runtime, architecture, backend: false));

        Assert.Contains(reason, cause);
        Assert.DoesNotContain("dotnet add package", cause);
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.29", "libstdc++6")]
    [InlineData("GLIBC_2.34", "Debian 12")]
    [InlineData("CXXABI_1.3.13", "Debian 12")]
    [InlineData("GLIBCXX_3.4.32", "memfd_create")]
    public void Old_system_library_is_named_with_the_version_it_lacks(string version, string remedy)
    {
        string cause = Assert.Single(Causes($"libtorch_cpu.so: /lib/libx.so.6: version `{version}' not found (required by libtorch_cpu.so)"));

        Assert.Contains($"lacks {version}", cause);
        Assert.Contains(remedy, cause);
    }

    [Fact]
    public void Refused_backend_on_windows_points_to_the_runtime_and_the_version()
    {
        string cause = Assert.Single(Causes("module could not be found", "win-x64"));

        Assert.Contains("Visual C++", cause);
        Assert.Contains("2.10.0", cause);
        Assert.Contains("dotnet/TorchSharp#1567", cause);
    }

    [Fact]
    public void Refused_backend_without_another_cause_is_a_mixture_of_versions()
    {
        string cause = Assert.Single(Causes("undefined symbol: _ZN2at4fooEv"));

        Assert.Contains("mixture of versions", cause);
        Assert.Contains("TorchSharp 0.107.0 requires libtorch-cpu-linux-x64 2.10.0", cause);
    }

    [Fact]
    public void Versions_that_are_named_are_the_ones_that_the_library_is_built_with()
    {
        var pinned = XDocument.Load(Path.Combine(SharedFolder.RepositoryRoot(), "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);

        string cause = Assert.Single(Causes("undefined symbol: _ZN2at4fooEv"));

        Assert.Contains($"TorchSharp {pinned["TorchSharp"]} requires libtorch-cpu-linux-x64 {pinned["libtorch-cpu-linux-x64"]}", cause);
    }

    [Fact]
    public void Several_causes_are_numbered_and_the_loaders_words_come_last()
    {
        const string Loader = "version `GLIBC_2.34' not found (required by libLibTorchSharp.so)";

        Assert.Equal(["  1. ", "  2. "], Causes(Loader, backend: false).Select(c => c[..5]));
        Assert.EndsWith($"Message of the loader: {Loader}", Explain(Loader + "\n", backend: false));
    }

    private static string[] Causes(string loader, string runtime = "linux-x64", Architecture architecture = Architecture.X64, bool backend = true) =>
        [.. Explain(loader, runtime, architecture, backend).ReplaceLineEndings("\n").Split('\n').Where(l => l.StartsWith("  ", StringComparison.Ordinal))];

    private static string Explain(string loader, string runtime = "linux-x64", Architecture architecture = Architecture.X64, bool backend = true) =>
        LibTorchDiagnosis.Explain(loader, runtime, architecture, _ => backend);
}
