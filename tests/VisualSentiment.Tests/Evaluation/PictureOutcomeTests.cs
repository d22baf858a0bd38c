using System.Buffers;
using VisualSentiment.Evaluation;

namespace VisualSentiment.Tests.Evaluation;

public class PictureOutcomeTests
{
    [Fact]
    public void Outcomes_are_packed_in_nine_bytes_each()
    {
        PictureOutcome[] outcomes = [new(ulong.MaxValue, CorrectModels.Teacher | CorrectModels.HardLabels), new(7, CorrectModels.None)];
        var packed = new ArrayBufferWriter<byte>();
        foreach (PictureOutcome outcome in outcomes)
            outcome.Write(packed);

        Assert.Equal(18, packed.WrittenCount);
        Assert.Equal(outcomes, PictureOutcome.Read(packed.WrittenSpan.ToArray()));
    }
}
