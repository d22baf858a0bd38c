using System.CommandLine;
using VisualSentiment.Tool.Commands;

namespace VisualSentiment.Tool.Training;

/// <summary>Arguments and options that <c>train</c> and <c>evaluate</c> have.</summary>
internal sealed class TrainingSymbols
{
    public Argument<string> Folder { get; } = Symbols.NoOption(new Argument<string>("FOLDER")
    {
        Description = "A folder with one subfolder of images per emotion, or a .csv file of files and labels.",
    });

    public Option<string[]> Teacher { get; } = new Option<string[]>("--teacher")
    {
        Description = $"The teacher: {TeacherChoice.Help}. Given twice, both networks are one teacher.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [TeacherChoice.Default],
    }.Require(names => TeacherChoice.Parse(names) is not null, TeacherChoice.Help);

    public Option<string?> Unlabeled { get; } = new("--unlabeled")
    {
        Description = "A folder of images without labels. It must not contain images of FOLDER.",
        HelpName = "FOLDER",
    };

    public Option<string?> Cache { get; } = new("--cache")
    {
        Description = "A folder that keeps decoded images and teacher outputs for later runs.",
        HelpName = "FOLDER",
    };

    public Option<bool> Compare { get; } = new("--compare")
    {
        Description = "Also train the student on labels only, from random and from pretrained weights, and report the gain of "
            + "distillation.",
    };

    public static Option<string> Output(string folder, string description) => new("--output", "-o")
    {
        Description = description,
        HelpName = "FOLDER",
        DefaultValueFactory = _ => folder,
    };

    public void AddTo(Command command)
    {
        command.Add(Folder);
        foreach (Option option in (Option[])[Teacher, Unlabeled, Compare, Cache])
            command.Add(option);
    }
}
