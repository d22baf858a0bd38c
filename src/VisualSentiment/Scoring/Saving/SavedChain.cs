using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Onnx;

namespace VisualSentiment.Scoring.Saving;

/// <summary>
/// The chain of ML.NET's own transformers that computes what <see cref="SentimentTransformer"/> computes. A transformer
/// from outside ML.NET cannot write a loader of its own; this chain is saved in its place, and loads anywhere.
/// </summary>
internal static class SavedChain
{
    /// <summary>Saves the chain.</summary>
    public static void Save(ModelSaveContext context, byte[] onnxModel, OnnxModelInfo info, string imageColumn, DataViewType imageType)
    {
        // ML.NET's ONNX transformer keeps its model in a file until it has been saved.
        var folder = Directory.CreateTempSubdirectory("visualsentiment-");
        try
        {
            var ml = new MLContext { TempFilePath = folder.FullName };
            using var chain = Build(ml, onnxModel, info, imageColumn, PictureKinds.Of(imageType));
            ((ICanSaveModel)chain).Save(context);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TransformerChain<ITransformer> Build(
        MLContext ml, byte[] onnxModel, OnnxModelInfo info, string imageColumn, PictureKind kind) => (kind, info.Fit) switch
    {
        (PictureKind.Path, ImageFit.Fill) => Build(ml, onnxModel, info, imageColumn, new PathFillContract(), ContractNames.PathFill),
        (PictureKind.Path, ImageFit.CenterCrop) => Build(ml, onnxModel, info, imageColumn, new PathCenterCropContract(), ContractNames.PathCenterCrop),
        (PictureKind.Encoded, ImageFit.Fill) => Build(ml, onnxModel, info, imageColumn, new EncodedFillContract(), ContractNames.EncodedFill),
        (PictureKind.Encoded, ImageFit.CenterCrop) => Build(ml, onnxModel, info, imageColumn, new EncodedCenterCropContract(), ContractNames.EncodedCenterCrop),
        (PictureKind.Image, ImageFit.Fill) => Build(ml, onnxModel, info, imageColumn, new ImageFillContract(), ContractNames.ImageFill),
        (PictureKind.Image, ImageFit.CenterCrop) => Build(ml, onnxModel, info, imageColumn, new ImageCenterCropContract(), ContractNames.ImageCenterCrop),
        _ => throw new NotSupportedException($"a model with {kind} pictures fitted by {info.Fit} cannot be saved"),
    };

    private static TransformerChain<ITransformer> Build<TPicture>(
        MLContext ml, byte[] onnxModel, OnnxModelInfo info, string imageColumn, PixelContract<TPicture> pixels, string pixelsContract)
        where TPicture : class, IPicture, new()
    {
        var pictures = SchemaDefinition.Create(typeof(TPicture));
        pictures.Single().ColumnName = imageColumn;
        var noData = ml.Data.LoadFromEnumerable<TPicture>([], pictures);

        using var model = new MemoryStream(OnnxEditor.RenameInput(onnxModel, ContractNames.PixelsColumn), writable: false);
        var classes = info.Classes.Select((name, index) => KeyValuePair.Create(index, name));
        return ml.Transforms.CopyColumns(ContractNames.PictureColumn, imageColumn)
            .Append(ml.Transforms.CustomMapping(pixels.GetMapping(), pixelsContract))
            .Append(ml.Transforms.ApplyOnnxModel(ScoreColumns.Score, ContractNames.PixelsColumn, model))
            .Append(ml.Transforms.CustomMapping(new WinnerContract().GetMapping(), ContractNames.Winner))
            .Append(ml.Transforms.Conversion.MapValue(
                ScoreColumns.PredictedLabel, classes, ContractNames.WinnerColumn, treatValuesAsKeyType: true))
            .Append<ITransformer>(ml.Transforms.DropColumns(
                ContractNames.PictureColumn, ContractNames.PixelsColumn, ContractNames.WinnerColumn))
            .Fit(noData);
    }
}
