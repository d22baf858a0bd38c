namespace PaperTables;

/// <summary>Which of ResNet-50, VGGNet and AlexNet are trained.</summary>
internal enum NetworkChoice
{
    /// <summary>Those whose training fits in the budget; the others are measured and left out.</summary>
    Fitting,

    /// <summary>All, however long it takes.</summary>
    All,

    /// <summary>None, and none is measured.</summary>
    Light,
}
