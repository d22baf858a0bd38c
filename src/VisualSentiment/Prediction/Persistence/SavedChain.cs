using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>
/// The chain of ML.NET's own transformers that computes what <see cref="SentimentTransformer"/> computes. A transformer
/// from outside ML.NET cannot write a loader of its own; this chain is saved in its place, and loads anywhere.
/// </summary>
internal static class SavedChain
{
    public static void Save(ModelSaveContext context, byte[] onnxModel, OnnxModelInfo info, string imageColumn,
        DataViewType imageType, ScoreColumnNames columns)
    {
        // ML.NET's ONNX transformer keeps its model in a file until it has been saved.
        var folder = Directory.CreateTempSubdirectory("visualsentiment-saving-");
        try
        {
            var ml = new MLContext { TempFilePath = folder.FullName };
            using var chain = BuildTwice();
            ((ICanSaveModel)chain).Save(context);

            // ML.NET gives the file a random extension. One in 32,768 is '.ort', for which ONNX Runtime expects another format.
            TransformerChain<ITransformer> BuildTwice()
            {
                try
                {
                    return Build(ml, onnxModel, info, imageColumn, imageType, columns);
                }
                catch (InvalidOperationException e) when (e.InnerException is OnnxRuntimeException)
                {
                    return Build(ml, onnxModel, info, imageColumn, imageType, columns);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TransformerChain<ITransformer> Build(
        MLContext ml, byte[] onnxModel, OnnxModelInfo info, string imageColumn, DataViewType imageType,
        ScoreColumnNames columns)
    {
        using var model = new MemoryStream(ChainModel.Create(onnxModel, info.Classes), writable: false);
        var classes = info.Classes.Select((name, index) => KeyValuePair.Create(index, name));
        return Pixels(ml, info.Fit, imageColumn, imageType)
            .Append(ml.Transforms.ApplyOnnxModel(ChainColumns.Score, ChainColumns.Pixels, model))
            .Append(ml.Transforms.CustomMapping(new ArgMaxContract().GetMapping(), ContractNames.Winner))
            .Append(ml.Transforms.Conversion.MapValue(
                ChainColumns.PredictedLabel, classes, ChainColumns.Winner, treatValuesAsKeyType: true))
            // A column that replaces one of the data takes its place; dropped first, both stand at the end and in their order.
            .Append(ml.Transforms.CopyColumns(columns.PredictedLabel, ChainColumns.PredictedLabel))
            .Append(ml.Transforms.CopyColumns(columns.Score, ChainColumns.Score))
            .Append(ml.Transforms.DropColumns(columns.PredictedLabel, columns.Score,
                ChainColumns.Image, ChainColumns.Pixels, ChainColumns.Winner))
            .Append(ml.Transforms.CopyColumns(columns.PredictedLabel, ChainColumns.PredictedLabel))
            .Append(ml.Transforms.CopyColumns(columns.Score, ChainColumns.Score))
            .Append<ITransformer>(ml.Transforms.DropColumns(ChainColumns.PredictedLabel, ChainColumns.Score))
            .Fit(NoImages(ml, imageColumn, imageType));
    }

    private static EstimatorChain<ITransformer> Pixels(MLContext ml, ImageFit fit, string imageColumn, DataViewType imageType)
    {
        if (imageType is ImageDataViewType { Height: > 0 } sized)
            return ml.Transforms.ExtractPixels(ChainColumns.Image, imageColumn, ImagePixelExtractingEstimator.ColorBits.All,
                    ImagePixelExtractingEstimator.ColorsOrder.ARGB, interleavePixelColors: true, outputAsFloatArray: false)
                .Append(ml.Transforms.CustomMapping(new ZeroContract().GetMapping(), ContractNames.Zero))
                .Append(ml.Transforms.Conversion.MapValue(ChainColumns.Height, [KeyValuePair.Create(0, sized.Height)], ChainColumns.Zero))
                .Append(ml.Transforms.Conversion.MapValue(ChainColumns.Width, [KeyValuePair.Create(0, sized.Width)], ChainColumns.Zero))
                .Append((fit == ImageFit.Fill ? new SizedImageFillContract() : (IPixelContract)new SizedImageCenterCropContract()).CreateStep(ml))
                .Append<ITransformer>(ml.Transforms.DropColumns(ChainColumns.Zero, ChainColumns.Height, ChainColumns.Width));

        IPixelContract contract = (ImageColumnKinds.Of(imageType), fit) switch
        {
            (ImageColumnKind.Path, ImageFit.Fill) => new PathFillContract(),
            (ImageColumnKind.Path, _) => new PathCenterCropContract(),
            (ImageColumnKind.Encoded, ImageFit.Fill) => new EncodedFillContract(),
            (ImageColumnKind.Encoded, _) => new EncodedCenterCropContract(),
            (_, ImageFit.Fill) => new ImageFillContract(),
            _ => new ImageCenterCropContract(),
        };
        return ml.Transforms.CopyColumns(ChainColumns.Image, imageColumn).Append(contract.CreateStep(ml));
    }

    /// <summary>Data without rows, against which ML.NET checks the chain.</summary>
    private static IDataView NoImages(MLContext ml, string imageColumn, DataViewType imageType)
    {
        return ImageColumnKinds.Of(imageType) switch
        {
            ImageColumnKind.Path => Empty<ImagePathRow>(),
            ImageColumnKind.Encoded => Empty<EncodedImageRow>(),
            _ => Empty<DecodedImageRow>(),
        };

        IDataView Empty<TImage>() where TImage : class, IImageRow
        {
            var schema = SchemaDefinition.Create(typeof(TImage));
            var column = schema.Single();
            column.ColumnName = imageColumn;
            if (imageType is ImageDataViewType { Height: > 0 })
                column.ColumnType = imageType;
            return ml.Data.LoadFromEnumerable<TImage>([], schema);
        }
    }
}
