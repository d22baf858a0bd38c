using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>
/// A chain of ML.NET transformers that computes the same columns as <see cref="SentimentTransformer"/>. It is saved in
/// the transformer's place, because ML.NET loads transformers from other assemblies only if they are registered.
/// </summary>
internal static class SavedChain
{
    public static void Save(ModelSaveContext context, byte[] onnxModel, OnnxModelInfo info, string imageColumn,
        DataViewType imageType, ScoreColumnNames columns)
    {
        // ML.NET's ONNX transformer needs its model in a file until the chain is saved.
        var folder = Directory.CreateTempSubdirectory("visualsentiment-saving-");
        try
        {
            var ml = new MLContext { TempFilePath = folder.FullName };
            using var chain = BuildTwice();
            ((ICanSaveModel)chain).Save(context);

            // ML.NET gives the file a random extension; ONNX Runtime reads '.ort', one in 32,768, as another format.
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
            // A column that replaces an input column keeps its position. Dropping both first puts them last, in order.
            .Append(ml.Transforms.CopyColumns(columns.PredictedLabel, ChainColumns.PredictedLabel))
            .Append(ml.Transforms.CopyColumns(columns.Score, ChainColumns.Score))
            .Append(ml.Transforms.DropColumns(columns.PredictedLabel, columns.Score,
                ChainColumns.Image, ChainColumns.Pixels, ChainColumns.Winner))
            .Append(ml.Transforms.CopyColumns(columns.PredictedLabel, ChainColumns.PredictedLabel))
            .Append(ml.Transforms.CopyColumns(columns.Score, ChainColumns.Score))
            .Append<ITransformer>(ml.Transforms.DropColumns(ChainColumns.PredictedLabel, ChainColumns.Score))
            .Fit(NoImages(ml, imageColumn, imageType));
    }

    private static EstimatorChain<ITransformer> Pixels(
        MLContext ml, ImageFit fit, string imageColumn, DataViewType imageType)
    {
        if (imageType is ImageDataViewType { Height: > 0 } sized)
            return ml.Transforms.ExtractPixels(ChainColumns.Image, imageColumn,
                    ImagePixelExtractingEstimator.ColorBits.All, ImagePixelExtractingEstimator.ColorsOrder.ARGB,
                    interleavePixelColors: true, outputAsFloatArray: false)
                .Append(ml.Transforms.CustomMapping(new ZeroContract().GetMapping(), ContractNames.Zero))
                .Append(Constant(ChainColumns.Height, sized.Height))
                .Append(Constant(ChainColumns.Width, sized.Width))
                .Append((fit == ImageFit.Fill
                    ? new SizedImageFillContract() : (IPixelContract)new SizedImageCenterCropContract()).CreateStep(ml))
                .Append<ITransformer>(ml.Transforms.DropColumns(
                    ChainColumns.Zero, ChainColumns.Height, ChainColumns.Width));

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

        IEstimator<ITransformer> Constant(string column, int value) =>
            ml.Transforms.Conversion.MapValue(column, [KeyValuePair.Create(0, value)], ChainColumns.Zero);
    }

    /// <summary>Data without rows, to which the chain is fitted.</summary>
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
