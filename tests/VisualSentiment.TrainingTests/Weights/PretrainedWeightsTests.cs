using System.Runtime.InteropServices;
using TorchSharp.Modules;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using VisualSentiment.Weights;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Weights;

public sealed class PretrainedWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PretrainedWeightsTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_tensor_is_copied_by_its_name()
    {
        using Sequential source = Network(classes: 3), network = Network(classes: 3);
        WeightsMatch match = NetworkWeights.Load(network, FileOf(source), "fc");

        Assert.Equal(source.state_dict().Count, match.Pairs.Count);
        Assert.Empty(match.SkippedHead);
        Assert.Equal(Values(source), Values(network));
    }

    [Fact]
    public void Tensors_of_other_types_keep_their_values()
    {
        foreach (Tensor original in (Tensor[])[tensor([true, false, true]), tensor([1, -2, 3]),
            tensor([0.5, -2, 1e3]), tensor([0.5, -2, 8], dtype: ScalarType.Float16)])
            using (original)
            {
                using Tensor copy = zeros_like(original);
                StoredTensor.Of(original).CopyInto(copy);
                Assert.True(original.eq(copy).all().item<bool>(), $"{original.dtype}");
            }
    }

    [Fact]
    public void A_head_for_other_classes_is_left_as_it_is()
    {
        using Sequential source = Network(classes: 1000), network = Network(classes: 8);
        float[] before = network.state_dict()["fc.weight"].data<float>().ToArray();
        WeightsMatch match = NetworkWeights.Load(network, FileOf(source), "fc");

        Assert.Equal(["fc.bias", "fc.weight"], match.SkippedHead);
        Assert.Equal(source.state_dict().Count - 2, match.Pairs.Count);
        Assert.Equal(before, network.state_dict()["fc.weight"].data<float>().ToArray());
        Assert.Equal(Values(source, "conv1."), Values(network, "conv1."));
    }

    [Fact]
    public void A_head_layer_is_taken_whole_or_not_at_all()
    {
        using Sequential source = Network(classes: 8), network = Network(classes: 8);
        string file = new SafetensorsBuilder().AddAll(source, skip: "fc.bias").WriteTo(_folder["no-bias"]);
        Assert.Equal(["fc.bias", "fc.weight"], NetworkWeights.Load(network, file, "fc").SkippedHead);
    }

    [Fact]
    public void A_head_may_be_absent_from_the_file_or_have_other_layers()
    {
        using Sequential source = Sequential(("features", Linear(2, 3)), ("classifier.6", Linear(3, 1000)));
        using Sequential network = Sequential(("features", Linear(2, 3)), ("classifier.6", Linear(3, 20)), ("classifier.8", Linear(20, 8)));
        WeightsMatch match = NetworkWeights.Load(network, FileOf(source), "classifier.6", "classifier.8");

        Assert.Equal(2, match.Pairs.Count);
        Assert.Equal(["classifier.6.bias", "classifier.6.weight", "classifier.8.bias", "classifier.8.weight"], match.SkippedHead);
        Assert.Equal(Values(source, "features."), Values(network, "features."));
    }

    [Fact]
    public void A_layer_whose_name_begins_like_the_heads_is_no_head()
    {
        using Sequential source = Sequential(("fc", Linear(2, 3))), network = Sequential(("fc", Linear(2, 3)), ("fc2", Linear(3, 3)));
        var e = Assert.Throws<PretrainedWeightsException>(() => NetworkWeights.Load(network, FileOf(source), "fc"));
        Assert.Contains("fc2.weight [3, 3]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_of_batches_are_optional_on_both_sides()
    {
        using Sequential source = Network(classes: 3), network = Network(classes: 3);
        Assert.Equal(8, network.state_dict().Count);
        string without = new SafetensorsBuilder().AddAll(source, skip: "bn1.num_batches_tracked").WriteTo(_folder["without"]);
        string extra = new SafetensorsBuilder().AddAll(source)
            .Add("bn9.num_batches_tracked", "I64", [], BitConverter.GetBytes(1L)).WriteTo(_folder["extra"]);

        Assert.Equal(7, NetworkWeights.Load(network, without, "fc").Pairs.Count);
        Assert.Equal(8, NetworkWeights.Load(network, extra, "fc").Pairs.Count);
    }

    [Theory]
    [InlineData("model.")]
    [InlineData("module.model.")]
    [InlineData("backbone.")]
    public void A_wrapper_around_all_names_is_stripped(string prefix)
    {
        using Sequential source = Network(classes: 3), network = Network(classes: 3);
        string file = new SafetensorsBuilder().AddAll(source, n => prefix + n).WriteTo(_folder["wrapped"]);
        NetworkWeights.Load(network, file, "fc");
        Assert.Equal(Values(source), Values(network));
    }

    [Fact]
    public void A_name_of_the_networks_own_is_no_wrapper()
    {
        using Sequential source = Sequential(("model", Linear(2, 2))), network = Sequential(("model", Linear(2, 2)));
        Assert.Equal(2, NetworkWeights.Load(network, FileOf(source)).Pairs.Count);
    }

    [Fact]
    public void Every_mismatch_is_listed_at_once_and_no_weight_is_changed()
    {
        using Sequential network = Network(classes: 3);
        float[] before = Values(network);
        using Sequential source = Sequential(
            ("conv1", Conv2d(3, 4, kernel_size: 5, bias: false)), ("bn1", BatchNorm2d(4)), ("fc", Linear(4, 3)), ("aux", Linear(1, 1, hasBias: false)));
        string file = new SafetensorsBuilder().AddAll(source, skip: "bn1.running_var").WriteTo(_folder["other.safetensors"]);

        var e = Assert.Throws<PretrainedWeightsException>(() => NetworkWeights.Load(network, file, "fc"));
        Assert.Contains("other.safetensors", e.Message, StringComparison.Ordinal);
        Assert.Contains("1 missing from the file:\n  bn1.running_var [4]", e.Message, StringComparison.Ordinal);
        Assert.Contains("1 in the file but not in the network:\n  aux.weight [1, 1]", e.Message, StringComparison.Ordinal);
        Assert.Contains("conv1.weight: the network has [4, 3, 3, 3] Float32, the file has [4, 3, 5, 5] F32", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values(network));
    }

    [Fact]
    public void Integers_do_not_become_weights()
    {
        using Sequential network = Sequential(("fc", Linear(1, 1, hasBias: false)));
        string file = new SafetensorsBuilder().Add("fc.weight", "I64", [1, 1], BitConverter.GetBytes(1L)).WriteTo(_folder["integers"]);
        var e = Assert.Throws<PretrainedWeightsException>(() => NetworkWeights.Load(network, file));
        Assert.Contains("fc.weight: the network has [1, 1] Float32, the file has [1, 1] I64", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_files_fill_single_precision_networks()
    {
        using Sequential network = Sequential(("fc", Linear(2, 1, hasBias: false)));
        Half[] halves = [(Half)0.5, (Half)(-2)];
        string file = new SafetensorsBuilder().Add("fc.weight", "F16", [1, 2], MemoryMarshal.AsBytes<Half>(halves)).WriteTo(_folder["half"]);
        NetworkWeights.Load(network, file);
        Assert.Equal([0.5f, -2], Values(network));
    }

    [Fact]
    public void Channels_last_parameters_keep_their_strides_and_get_the_right_values()
    {
        using Sequential source = Network(classes: 3), network = Network(classes: 3);
        var conv = (Conv2d)network.named_children().First().module;
        using (no_grad())
        {
            using Tensor channelsLast = conv.weight.permute(0, 2, 3, 1).contiguous();
            conv.weight = new Parameter(channelsLast.permute(0, 3, 1, 2));
        }
        long[] strides = conv.weight.stride();
        Assert.Equal([27, 1, 9, 3], strides);

        NetworkWeights.Load(network, FileOf(source), "fc");
        Assert.Equal(strides, conv.weight.stride());
        Assert.True(conv.weight.equal(source.state_dict()["conv1.weight"]).all().item<bool>());
    }

    [Fact]
    public void Parameters_can_still_be_trained_afterwards()
    {
        using Sequential source = Network(classes: 3), network = Network(classes: 3);
        NetworkWeights.Load(network, FileOf(source), "fc");
        Assert.All(network.parameters(), p => Assert.True(p.requires_grad && p.is_leaf));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using Sequential source = Network(classes: 1000), network = Network(classes: 8);
        string file = FileOf(source);
        long before = LiveTensors.Count();
        NetworkWeights.Load(network, file, "fc");
        Assert.Throws<PretrainedWeightsException>(() => NetworkWeights.Load(network, file));
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_missing_file_is_an_error_with_both_ways_out() =>
        Assert.Equal(["ResNet-50: there is no weights file 'imagnet'; pass the path of a safetensors file, or PretrainedWeights.ImageNet to download 'resnet50.a1_in1k'"],
            Teachers.ResNet50(weights: "imagnet").FindErrors());

    [Fact]
    public void ImageNet_weights_are_downloaded_only_where_they_are_published()
    {
        Assert.Empty(Teachers.ResNet50(PretrainedWeights.ImageNet).FindErrors());
        Assert.Equal(["VGG16: no ImageNet weights are published for this network; pass the path of a safetensors file"],
            Teachers.Vgg16(PretrainedWeights.ImageNet).FindErrors());
    }

    [Fact]
    public void A_path_that_does_not_exist_is_rejected_with_both_ways_out()
    {
        PretrainedWeights? file = "a.safetensors", none = (string?)null;

        Assert.Equal("a.safetensors", file.ToString());
        Assert.Null(none);
        Assert.Throws<ArgumentException>(() => (PretrainedWeights)" ");
    }

    // timm's VGG: the first two dense layers are convolutions, and all three have names of their own.
    [Fact]
    public void Dense_layers_that_timm_stores_as_convolutions_are_read()
    {
        using Sequential source = Vgg(), network = Vgg();
        var timm = new Dictionary<string, string> { ["classifier.0"] = "pre_logits.fc1", ["classifier.3"] = "pre_logits.fc2", ["classifier.6"] = "head.fc" };
        var builder = new SafetensorsBuilder();
        foreach (var (name, tensor) in source.state_dict())
        {
            string layer = name[..name.LastIndexOf('.')];
            long[] shape = layer switch
            {
                "classifier.0" when tensor.dim() == 2 => [3, 2, 7, 7],
                "classifier.3" when tensor.dim() == 2 => [4, 3, 1, 1],
                _ => tensor.shape,
            };
            builder.Add(timm.GetValueOrDefault(layer, layer) + name[layer.Length..], "F32", shape, tensor.detach().contiguous().bytes);
        }

        WeightsMatch match = NetworkWeights.Load(network, builder.WriteTo(_folder["timm.safetensors"]), "classifier.6");

        Assert.Equal(8, match.Pairs.Count);
        Assert.Equal(Values(source), Values(network));
        using Tensor input = rand(1, 2, 7, 7), dense = source.state_dict()["classifier.0.weight"];
        using Tensor convolved = functional.conv2d(input, dense.view(3, 2, 7, 7)), multiplied = input.flatten(1).matmul(dense.t());
        Assert.True(convolved.flatten(1).allclose(multiplied, atol: 1e-5));

        static Sequential Vgg() => Sequential(("features.0", Conv2d(3, 2, kernel_size: 3)), ("classifier.0", Linear(2 * 7 * 7, 3)),
            ("classifier.3", Linear(3, 4)), ("classifier.6", Linear(4, 5)));
    }

    [Fact]
    public void The_published_VGG16_fits_with_timms_names_except_for_its_head()
    {
        var own = new Dictionary<string, Tensor>
        {
            ["classifier.0.weight"] = empty([4096, 25088], device: META), ["classifier.6.weight"] = empty([2000, 4096], device: META),
        };
        string header = """
            {"pre_logits.fc1.weight":{"dtype":"F32","shape":[4096,512,7,7],"data_offsets":[0,411041792]},
             "head.fc.weight":{"dtype":"F32","shape":[1000,4096],"data_offsets":[411041792,427425792]}}
            """;
        string path = _folder["sparse.safetensors"];
        File.WriteAllBytes(path, SafetensorsBuilder.Raw(header));
        using (var stream = File.OpenWrite(path))
            stream.SetLength(stream.Length + 427425792);
        using var file = new SafetensorsFile(path);

        WeightsMatch match = WeightsMatch.Of(own, file, VisualSentiment.Networks.Vgg16.Head);

        Assert.Equal([("classifier.0.weight", "pre_logits.fc1.weight")], match.Pairs);
        Assert.Equal(["classifier.6.weight"], match.SkippedHead);
    }

    private static Sequential Network(int classes) => Sequential(
        ("conv1", Conv2d(3, 4, kernel_size: 3, bias: false)), ("bn1", BatchNorm2d(4)), ("fc", Linear(4, classes)));

    private string FileOf(nn.Module network) => new SafetensorsBuilder().AddAll(network).WriteTo(_folder["weights.safetensors"]);

    private static float[] Values(nn.Module network, string prefix = "") =>
        [.. network.state_dict().Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(t => t.Key, StringComparer.Ordinal)
            .SelectMany(t => t.Value.to_type(ScalarType.Float32).contiguous().data<float>().ToArray())];
}
