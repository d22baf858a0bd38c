using System.Buffers;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Statistics;

public class ImageOutcomeTests
{
    [Fact]
    public void Outcomes_are_packed_in_nine_bytes_each()
    {
        ImageOutcome[] outcomes = [new(ulong.MaxValue, CorrectModels.Teacher | CorrectModels.HardLabels), new(7, CorrectModels.None)];
        var packed = new ArrayBufferWriter<byte>();
        foreach (ImageOutcome outcome in outcomes)
            outcome.Write(packed);

        Assert.Equal(18, packed.WrittenCount);
        Assert.Equal(outcomes, ImageOutcome.Read(packed.WrittenSpan.ToArray()));
    }
}
