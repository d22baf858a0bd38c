namespace PaperTables;

/// <summary>The introduction to the tables.</summary>
internal static class ReportWords
{
    public static string Introduction(PaperReport report) => FormattableString.Invariant(
        $"""
        Data: {report.Data}, {report.Split.TrainingImages} training and {report.Split.TestImages} test images of {report.Classes.Count} classes
        ({string.Join(", ", report.Classes)}); chance is {Text.Percent(1.0 / report.Classes.Count)}. Seed {report.Seed}, {report.Processors} processors.
        {Teacher(report)}
        Students train for {report.Epochs} epochs, other networks for {report.TeacherEpochs}. Parameters are for the paper's eight classes.
        Accuracies have their 95% interval. Training times include only the epochs. A network whose training would take longer than
        {Text.Hours(report.BudgetHours)} is left out.
        """).ReplaceLineEndings("\n");

    private static string Teacher(PaperReport report) => report.Split.Teacher switch
    {
        null => "There is no teacher.",
        var name when name == PaperNetwork.ResNet50.Name => "The students' teacher is ResNet-50, as in the paper.",
        var name => $"The students' teacher is {name}, not the paper's ResNet-50, {WhyNotResNet(report)}.",
    };

    private static string WhyNotResNet(PaperReport report) =>
        report.Split.Rows.First(row => row.Key == RowKeys.ResNet50).LeftOut is { } reason ? $"which is left out: {reason}" : "which has no pretrained weights here";
}
