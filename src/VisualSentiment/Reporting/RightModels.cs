namespace VisualSentiment.Reporting;

/// <summary>Which models put the label of a picture first.</summary>
[Flags]
internal enum RightModels : byte
{
    None = 0,
    Teacher = 1,
    Student = 2,
    HardLabels = 4,
}
