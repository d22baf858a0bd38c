using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx;

/// <summary>
/// The metadata entry <c>visualsentiment.sha256</c>, the last 92 bytes of a student's file: the SHA-256, in hexadecimal, of all
/// bytes before it. It detects damage, not manipulation: an attacker can replace or remove the digest.
/// </summary>
internal static class ModelDigest
{
    public const string Key = ModelNames.MetadataPrefix + "sha256";

    private const int HexLength = 2 * SHA256.HashSizeInBytes;

    // The encoding of an entry up to the digest.
    private static readonly byte[] Before = Encode(new string('0', HexLength))[..^HexLength];

    /// <summary>Serializes a model with its digest, which replaces an existing one.</summary>
    public static byte[] Seal(ModelProto model)
    {
        for (int i = model.MetadataProps.Count - 1; i >= 0; i--)
            if (model.MetadataProps[i].Key == Key)
                model.MetadataProps.RemoveAt(i);
        byte[] content = model.ToByteArray();
        // An entry of a list may be anywhere in the encoding, also after everything else.
        return [.. content, .. Encode(Convert.ToHexStringLower(SHA256.HashData(content)))];
    }

    /// <summary>Verifies the digest of a parsed model; a model without one is accepted.</summary>
    /// <exception cref="InvalidGraphException">The bytes do not match the digest.</exception>
    public static void Check(ReadOnlySpan<byte> onnxModel, ModelProto model)
    {
        if (model.MetadataProps.All(entry => entry.Key != Key))
            return;
        int length = onnxModel.Length - Before.Length - HexLength;
        bool intact = length >= 0 && onnxModel[length..].StartsWith(Before)
            && onnxModel[^HexLength..].SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(onnxModel[..length]))));
        if (!intact)
            throw new InvalidGraphException($"it is damaged: its bytes do not match the digest '{Key}' in its metadata",
                "copy it again; if it was changed on purpose, remove that entry from its metadata_props");
    }

    private static byte[] Encode(string digest) =>
        new ModelProto { MetadataProps = { new StringStringEntryProto { Key = Key, Value = digest } } }.ToByteArray();
}
