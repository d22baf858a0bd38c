using System.Buffers;
using VisualSentiment.Reporting;

namespace VisualSentiment.Tests.Reporting;

public class PictureOutcomeTests
{
    [Fact]
    public void Outcomes_are_packed_in_nine_bytes_each()
    {
        PictureOutcome[] outcomes = [new(ulong.MaxValue, RightModels.Teacher | RightModels.HardLabels), new(7, RightModels.None)];
        var packed = new ArrayBufferWriter<byte>();
        foreach (PictureOutcome outcome in outcomes)
            outcome.Write(packed);

        Assert.Equal(18, packed.WrittenCount);
        Assert.Equal(outcomes, PictureOutcome.Read(packed.WrittenSpan.ToArray()));
    }
}
