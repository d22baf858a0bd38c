using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Onnx;

/// <summary>
/// The metadata entry <c>visualsentiment.sha256</c>, the last 92 bytes of a student's file: the SHA-256, in
/// hexadecimal, of all bytes before it. It finds damage, not forgery: whoever changes a file on purpose can write
/// another digest, or leave it out.
/// </summary>
internal static class ModelDigest
{
    public const string Key = ModelNames.MetadataPrefix + "sha256";

    private const int HexLength = 2 * SHA256.HashSizeInBytes;

    // Of a model of this entry alone, everything but the digest.
    private static readonly byte[] Before = Encode(new string('0', HexLength))[..^HexLength];

    /// <summary>The bytes of a model with its digest, which replaces one that it has.</summary>
    public static byte[] Seal(ModelProto model)
    {
        for (int i = model.MetadataProps.Count - 1; i >= 0; i--)
            if (model.MetadataProps[i].Key == Key)
                model.MetadataProps.RemoveAt(i);
        byte[] content = model.ToByteArray();
        // An entry of a list may stand anywhere in the encoding, and so behind everything else.
        return [.. content, .. Encode(Convert.ToHexStringLower(SHA256.HashData(content)))];
    }

    /// <summary>Compares the digest with the bytes; a model without one passes.</summary>
    /// <param name="onnxModel">The bytes.</param>
    /// <param name="model">What they were parsed to.</param>
    /// <exception cref="InvalidGraphException">They are not those that were written.</exception>
    public static void Check(ReadOnlySpan<byte> onnxModel, ModelProto model)
    {
        bool isSealed = false;
        foreach (StringStringEntryProto entry in model.MetadataProps)
            isSealed |= entry.Key == Key;
        if (!isSealed)
            return;
        int length = onnxModel.Length - Before.Length - HexLength;
        bool intact = length >= 0 && onnxModel[length..].StartsWith(Before)
            && onnxModel[^HexLength..].SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(onnxModel[..length]))));
        if (!intact)
            throw new InvalidGraphException($"it is damaged: its bytes are not those of the digest '{Key}' in its metadata",
                "copy it again; if it was changed on purpose, remove that entry from its metadata_props");
    }

    private static byte[] Encode(string digest) =>
        new ModelProto { MetadataProps = { new StringStringEntryProto { Key = Key, Value = digest } } }.ToByteArray();
}
