namespace VisualSentiment;

/// <summary>What a run is busy with.</summary>
public enum TrainingStage
{
    /// <summary>Decoding the training images; a step is an image.</summary>
    Decoding,

    /// <summary>Training the teacher; a step is a batch.</summary>
    TrainingTeacher,

    /// <summary>Computing what the teacher says of every training image; a step is an image.</summary>
    Teaching,

    /// <summary>Training the student; a step is a batch.</summary>
    TrainingStudent,

    /// <summary>Teaching the student a backbone's features, before it learns classes; a step is a batch.</summary>
    PretrainingStudent,
}
