using System.Security.Cryptography;
using Google.Protobuf;
using VisualSentiment.Inference;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Onnx.Validation;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx;

public class ModelDigestTests
{
    private const int Mutations = 300, DigestLength = 92;

    [Fact]
    public void Digest_is_that_of_all_bytes_before_its_entry()
    {
        byte[] model = ExportedStudent.Create();

        string digest = Convert.ToHexStringLower(SHA256.HashData(model.AsSpan(..^DigestLength)));

        Assert.Equal(digest, ModelProto.Parser.ParseFrom(model).MetadataProps.Single(entry =>
            entry.Key == "visualsentiment.sha256").Value);
        Assert.Equal(model, ModelDigest.Seal(ModelProto.Parser.ParseFrom(model)));
    }

    [Fact]
    public void Changed_model_is_rejected_until_its_digest_is_removed()
    {
        var model = ModelProto.Parser.ParseFrom(ExportedStudent.Create());
        model.MetadataProps.Add(new StringStringEntryProto { Key = "note", Value = "changed on purpose" });

        var error = Assert.Throws<InvalidModelException>(() => new OnnxClassifier(model.ToByteArray(), "student"));

        Assert.Contains("remove that entry", error.Message);
        model.MetadataProps.Remove(model.MetadataProps.Single(entry => entry.Key == ModelDigest.Key));
        new OnnxClassifier(model.ToByteArray(), "student").Dispose();
    }

    [Fact]
    public void Model_followed_by_anything_is_rejected() => Assert.Throws<InvalidModelException>(() =>
        new OnnxClassifier([.. ExportedStudent.Create(), .. new ModelProto { IrVersion = 8 }.ToByteArray()],
            "student"));

    [Fact]
    public void Damaged_files_are_rejected_or_give_the_same_prediction()
    {
        byte[] onnx = ExportedStudent.Create(), zip = HostileModels.ZipOf(onnx), image = TestImage.Encode(1);
        using var intact = SentimentDetector.Load(new MemoryStream(onnx));
        var expected = intact.Predict(image);
        var random = new Random(21);
        int refused = 0;

        for (int i = 0; i < 2 * Mutations; i++)
        {
            byte[] mutated = Mutate([.. i % 2 == 0 ? onnx : zip], random);
            try
            {
                using var detector = SentimentDetector.Load(new MemoryStream(mutated));
                var prediction = detector.Predict(image);
                Assert.Equal(expected.Scores, prediction.Scores);
                Assert.Equal(expected.Emotion, prediction.Emotion);
            }
            catch (InvalidModelException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, Mutations, 2 * Mutations);
    }

    [Fact]
    public void Damaged_files_without_a_digest_are_rejected_or_predict_something()
    {
        byte[] onnx = HostileModels.Student(_ => { }), image = TestImage.Encode(1);
        var random = new Random(22);

        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = Mutate([.. onnx], random);
            try
            {
                using var detector = SentimentDetector.Load(new MemoryStream(mutated));
                detector.Predict(image);
                detector.Explain(image);
            }
            catch (Exception e) when (e is InvalidModelException or NotSupportedException)
            {
            }
        }
    }

    /// <summary>Changes, removes, repeats or moves some bytes.</summary>
    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Length), length = Math.Min(random.Next(1, 32), bytes.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[at..(at + length)], .. bytes[at..]];
                    break;
                default:
                    bytes = bytes[..(bytes.Length - random.Next(0, 64))];
                    break;
            }
        }
        return bytes;
    }
}
