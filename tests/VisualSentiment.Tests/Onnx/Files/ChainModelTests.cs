using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx.Files;

public class ChainModelTests
{
    [Fact]
    public void Exported_model_has_operators_of_the_default_domain_alone()
    {
        var model = ModelProto.Parser.ParseFrom(ExportedStudent.Create());

        Assert.Equal([""], model.OpsetImport.Select(set => set.Domain));
        Assert.All(model.Graph.Node, node => Assert.Equal("", node.Domain));
        Assert.DoesNotContain(model.Graph.Initializer, constant => constant.StringData.Count > 0);
    }

    [Fact]
    public void Copy_names_its_columns_and_slots_as_the_chain_needs_them()
    {
        byte[] copy = ChainModel.Create(ExportedStudent.Create(), ExportedStudent.Classes);

        using var session = new InferenceSession(copy);
        Assert.Equal(["VisualSentiment.Pixels"], session.InputNames);
        Assert.Equal([ExportedStudent.Classes.Length], session.OutputMetadata["VisualSentiment.Score"].Dimensions);
        var names = ModelProto.Parser.ParseFrom(copy).Graph.Node.Single(node => node.Name == "mlnet.VisualSentiment.Score.SlotNames");
        Assert.Equal(ExportedStudent.Classes, names.Attribute.Single(attribute => attribute.Name == "keys_strings").Strings.Select(s => s.ToStringUtf8()));
    }

    [Fact]
    public void Copy_is_restored_to_the_same_bytes()
    {
        byte[] model = ExportedStudent.Create();

        Assert.Equal(model, ChainModel.Restore(ChainModel.Create(model, ExportedStudent.Classes), "test"));
    }

    [Fact]
    public void Copy_of_a_copy_has_one_of_each_addition()
    {
        byte[] copy = ChainModel.Create(ExportedStudent.Create(), ExportedStudent.Classes);

        Assert.Equal(copy, ChainModel.Create(copy, ExportedStudent.Classes));
    }

    [Fact]
    public void Other_models_stay_as_they_are_and_other_bytes_are_rejected()
    {
        byte[] model = ExportedStudent.Create(), noModel = [1, 2, 3, 255];

        Assert.Same(model, ChainModel.Restore(model, "test"));
        Assert.Throws<InvalidModelException>(() => ChainModel.Restore(noModel, "test"));
    }
}
