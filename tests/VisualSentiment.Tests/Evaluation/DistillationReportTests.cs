using System.Text.Json;
using VisualSentiment.Evaluation;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation;

public class DistillationReportTests
{
    private static readonly string[] Classes = ["fear", "joy"];

    [Fact]
    public void Agreement_is_the_share_of_images_with_the_same_winner_and_divergence_the_mean_KL_of_teacher_to_student()
    {
        var recorder = new OutcomeRecorder(Classes);
        recorder.Add(1, 0, student: [0.5f, 0.5f], teacher: [0.75f, 0.25f]); // a tie: the first wins
        recorder.Add(2, 1, student: [0.75f, 0.25f], teacher: [0, 1]);
        var report = recorder.ToReport();

        Assert.Equal(0.5, report.Agreement);
        Assert.Equal((0.75 * Math.Log(1.5) + 0.25 * Math.Log(0.5) + Math.Log(4)) / 2, report.TeacherDivergence!.Value, 1e-12);
    }

    [Fact]
    public void Recall_and_accuracy_are_those_of_each_model()
    {
        var recorder = new OutcomeRecorder(Classes);
        recorder.Add(1, 0, student: [0.6f, 0.4f], teacher: [0.9f, 0.1f], hardLabels: [0.4f, 0.6f]);
        recorder.Add(2, 0, student: [0.4f, 0.6f], teacher: [0.9f, 0.1f], hardLabels: [0.4f, 0.6f]);
        recorder.Add(3, 1, student: [0.4f, 0.6f], teacher: [0.6f, 0.4f], hardLabels: [0.4f, 0.6f]);
        var report = recorder.ToReport();

        Assert.Equal([0.5, 1.0], report.Student.Recall.Values);
        Assert.Equal([1.0, 0.0], report.Teacher!.Recall.Values);
        Assert.Equal([0.0, 1.0], report.HardLabelStudent!.Recall.Values);
        Assert.Equal(WilsonInterval.Of(2.0 / 3, 3), report.Student.Accuracy);
        Assert.Equal(2.0 / 3, report.Student.PolarityAccuracy);
    }

    [Fact]
    public void The_gap_recovered_is_the_students_gain_as_a_share_of_the_teachers_gain()
    {
        var report = Run(count: 200, teacher: 160, student: 130, hard: 100);

        Assert.Equal(0.15, report.GainOverHardLabels!.Value.Value, 1e-12);
        Assert.Equal(0.3, report.TeacherGap!.Value.Value, 1e-12);
        Assert.Equal(0.5, report.GapRecovered!.Value, 1e-12);
        Assert.Null(report.GapRecoveredMissing);
    }

    [Fact]
    public void A_significant_gain_has_no_findings() => Assert.Empty(Run(count: 200, teacher: 160, student: 130, hard: 100).Findings);

    [Fact]
    public void A_gap_that_is_not_significant_gives_no_gap_recovered()
    {
        var report = Run(count: 200, teacher: 102, student: 101, hard: 100);

        Assert.Null(report.GapRecovered);
        Assert.Equal("the teacher is not shown to be better than labels only", report.GapRecoveredMissing);
    }

    [Fact]
    public void Without_a_teacher_or_a_student_on_hard_labels_the_report_says_what_is_missing()
    {
        Assert.Equal("there is no teacher", Run(10, teacher: null, student: 5, hard: 5).GapRecoveredMissing);
        Assert.Equal("there is no student on labels only", Run(10, teacher: 5, student: 5, hard: null).GapRecoveredMissing);
        Assert.Null(Run(10, teacher: 5, student: 5, hard: null).GainOverHardLabels);
        Assert.Null(Run(10, teacher: null, student: 5, hard: 5).Agreement);
    }

    [Fact]
    public void A_missing_difference_is_reported_with_every_likely_cause()
    {
        var report = Run(count: 100, teacher: 52, student: 50, hard: 51, diagnostics: new TrainingDiagnostics
        {
            SoftTargetEntropy = 0.98, TeacherTrainingAccuracy = 1, TeacherTrainingConfidence = 0.99, LateLossFall = 0.3,
        });

        Assert.Equal(
            [
                DistillationFindingKind.DidNotBeatHardLabels, DistillationFindingKind.SoftTargetsTooFlat, DistillationFindingKind.MemorizedTeacher,
                DistillationFindingKind.TeacherNoBetter, DistillationFindingKind.TooFewSteps, DistillationFindingKind.TooFewImages,
            ],
            report.Findings.Select(finding => finding.Kind));
        Assert.StartsWith("No difference shown: distillation minus labels only is -1.0 points (95% interval ", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("Exactly one of the two is correct on 1 of 100 test images.", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.All(report.Findings.Skip(1), cause => Assert.Contains("`", cause.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_significant_loss_is_reported_as_a_loss() =>
        Assert.StartsWith("Distillation is worse than labels only: -20.0 points", Run(200, teacher: 160, student: 80, hard: 120).Findings[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Without_hard_labels_there_is_no_comparison_but_likely_problems_are_named() =>
        Assert.Equal([DistillationFindingKind.TooFewSteps],
            Run(100, teacher: 52, student: 50, hard: null, diagnostics: new TrainingDiagnostics { LateLossFall = 0.3 }).Findings.Select(finding => finding.Kind));

    [Fact]
    public void Soft_targets_are_diagnosed_on_test_images_if_training_targets_are_unknown()
    {
        var recorder = new OutcomeRecorder(Classes, temperature: 4);
        recorder.Add(1, 0, student: [0.6f, 0.4f], teacher: [0.6f, 0.4f]);

        Assert.Contains(recorder.ToReport().Findings, finding => finding.Kind == DistillationFindingKind.SoftTargetsTooFlat);
    }

    [Fact]
    public void Combined_folds_are_counted_together()
    {
        var report = DistillationReport.Combine([Run(100, 80, 60, 40), Run(300, 240, 165, 120, firstImage: 1000)]);

        Assert.Equal((2, 400, 400), (report.Runs, report.Images, report.Tests));
        Assert.Equal(225 / 400.0, report.Student.Accuracy.Value, 1e-12);
        Assert.Equal(65 / 400.0, report.GainOverHardLabels!.Value.Value, 1e-12);
        Assert.Equal(65 / 160.0, report.GapRecovered!.Value, 1e-12);
    }

    [Fact]
    public void The_spread_over_runs_is_the_mean_and_standard_deviation_of_their_figures()
    {
        var report = DistillationReport.Combine([Run(100, 80, 60, 40), Run(100, 70, 50, 50), Run(100, 75, 70, 45)]);

        Assert.Equal(0.6, report.Student.AccuracyOverRuns!.Mean, 1e-12);
        Assert.Equal(0.1, report.Student.AccuracyOverRuns.StandardDeviation, 1e-12);
        Assert.Equal(3, report.Student.AccuracyOverRuns.Runs);
        Assert.Equal((0.2 + 0 + 0.25) / 3, report.GainOverRuns!.Mean, 1e-12);
        Assert.Null(Run(100, 80, 60, 40).Student.AccuracyOverRuns);
    }

    [Fact]
    public void Images_that_several_seeds_tested_are_counted_once()
    {
        var report = DistillationReport.Combine([Run(100, 80, 60, 40), Run(100, 80, 60, 40, confidence: 0.7f)]);

        Assert.Equal((2, 100, 200), (report.Runs, report.Images, report.Tests));
        Assert.Equal(WilsonInterval.Of(0.6, 100), report.Student.Accuracy);
        Assert.Equal(Run(100, 80, 60, 40).GainOverHardLabels, report.GainOverHardLabels);
    }

    [Fact]
    public void Combined_reports_can_be_combined_further()
    {
        DistillationReport[] runs = [Run(50, 40, 30, 20), Run(50, 41, 29, 20, 100), Run(50, 42, 28, 20, 200)];

        Assert.Equal(DistillationReport.Combine(runs).ToMarkdown(), DistillationReport.Combine([DistillationReport.Combine(runs[..2]), runs[2]]).ToMarkdown());
    }

    [Fact]
    public void Reports_of_other_classes_are_not_combined()
    {
        var other = new OutcomeRecorder(["joy", "fear"]);
        other.Add(1, 0, [0.5f, 0.5f]);

        var e = Assert.Throws<ArgumentException>(() => DistillationReport.Combine([Run(10, null, 5, null), other.ToReport()]));
        Assert.Contains("fear, joy and joy, fear", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_of_other_models_are_not_combined() =>
        Assert.Contains("use the same models in all runs",
            Assert.Throws<ArgumentException>(() => DistillationReport.Combine([Run(10, null, 5, 5), Run(10, null, 5, null)])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_run_is_not_combined_with_itself()
    {
        var run = Run(10, 5, 5, 5);

        Assert.Contains("The reports contain a run twice: report 1 and report 3 (counted from 1)",
            Assert.Throws<ArgumentException>(() => DistillationReport.Combine([run, Run(10, 5, 6, 5), run])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_read_from_two_files_is_not_combined_with_itself()
    {
        string file = JsonSerializer.Serialize(DistillationReport.Combine([Run(10, 5, 5, 5), Run(10, 5, 6, 5)]));
        DistillationReport Read() => JsonSerializer.Deserialize<DistillationReport>(file)!;

        Assert.Contains("run 1 of report 1 and run 1 of report 2",
            Assert.Throws<ArgumentException>(() => DistillationReport.Combine([Read(), Read()])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_without_a_polarity_are_named()
    {
        var recorder = new OutcomeRecorder(["joy", "melancholy", "sad", "wistful"]);
        recorder.Add(1, 0, [0.4f, 0.3f, 0.2f, 0.1f]);
        recorder.Add(2, 1, [0.4f, 0.3f, 0.2f, 0.1f]);
        var report = JsonSerializer.Deserialize<DistillationReport>(JsonSerializer.Serialize(recorder.ToReport()))!;

        Assert.Equal(["melancholy", "wistful"], report.ClassesWithoutPolarity);
        Assert.Equal(1, report.Student.PolarityAccuracy);
        Assert.Contains("- Polarity accuracy excludes classes of unknown polarity: melancholy, wistful\n", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("of unknown polarity: melancholy, wistful.", Html.ReportPages.Write(report).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("olarity accuracy leaves", Run(10, null, 5, 5).ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_reports_cannot_be_combined() => Assert.Throws<ArgumentException>(() => DistillationReport.Combine([]));

    [Fact]
    public void A_report_survives_JSON_and_can_still_be_combined()
    {
        var report = DistillationReport.Combine([Run(50, 30, 25, 24), Run(50, 31, 26, 24, diagnostics: new TrainingDiagnostics { LateLossFall = 0.3 })]);
        string json = JsonSerializer.Serialize(report);
        var read = JsonSerializer.Deserialize<DistillationReport>(json)!;

        Assert.Equal(report.ToMarkdown(), read.ToMarkdown());
        Assert.Equal(json, JsonSerializer.Serialize(read));
        Assert.Equal(3, DistillationReport.Combine([Run(50, 32, 25, 24), read]).Runs);
    }

    [Fact]
    public void The_JSON_holds_the_figures_by_name()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Run(200, 160, 130, 100), JsonSerializerOptions.Web));

        Assert.Equal(0.65, json.RootElement.GetProperty("student").GetProperty("accuracy").GetProperty("value").GetDouble());
        Assert.Equal(0.5, json.RootElement.GetProperty("gapRecovered").GetDouble(), 1e-12);
        Assert.Equal(0, json.RootElement.GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public void Modified_JSON_is_rejected()
    {
        string json = JsonSerializer.Serialize(Run(10, null, 5, null));

        Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<DistillationReport>(json.Replace("\"Tests\":[10,0]", "\"Tests\":[11,0]", StringComparison.Ordinal)));
        Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<DistillationReport>(json.Replace("\"Kept\":[10,10,0]", "\"Kept\":[10]", StringComparison.Ordinal)));
        Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<DistillationReport>("""{"Classes":["fear","joy"]}"""));
    }

    [Fact]
    public void The_Markdown_is_a_table_with_the_findings()
    {
        string[] lines = Run(count: 200, teacher: 160, student: 130, hard: 100).ToMarkdown().Split('\n');

        Assert.Equal("200 test images, 2 classes (chance 50.0%, most frequent class 100.0%)", lines[0]);
        Assert.Contains("| | teacher | student | labels only |", lines);
        Assert.Contains("|-|-:|-:|-:|", lines);
        Assert.Contains("| accuracy | 80.0% | 65.0% | 50.0% |", lines);
        Assert.Contains("| 95% interval | 73.9% to 85.0% | 58.2% to 71.3% | 43.1% to 56.9% |", lines);
        Assert.Contains("| recall of joy | - | - | - |", lines);
        Assert.Contains("| confidence at least 70.0%: share, accuracy | 100.0%, 80.0% | 100.0%, 65.0% | 100.0%, 50.0% |", lines);
        Assert.Contains(lines, line => line.StartsWith("- Distillation is better than labels only: +15.0 points (95% interval +", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("Share of it recovered by distillation: 50.0%.", StringComparison.Ordinal));
        Assert.DoesNotContain("Findings:", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("| file size", StringComparison.Ordinal));
    }

    [Fact]
    public void The_summary_is_one_line() => Assert.Equal(
        "Accuracy on 200 test images: student 65.0%, teacher 80.0%, labels only 50.0%", Run(count: 200, teacher: 160, student: 130, hard: 100).ToString());

    [Fact]
    public void The_Markdown_of_several_runs_gives_their_spread_and_the_findings()
    {
        string text = DistillationReport.Combine([Run(100, null, 50, 52), Run(100, null, 52, 50)]).ToMarkdown();

        Assert.Contains("most frequent class 100.0%), 2 runs, 200 tests", text, StringComparison.Ordinal);
        Assert.Contains("| mean ± standard deviation of runs | 51.0% ± 1.4% | 51.0% ± 1.4% |", text, StringComparison.Ordinal);
        Assert.Contains("over 2 runs: 0.0 ± 2.8 points.", text, StringComparison.Ordinal);
        Assert.Contains("- No difference shown: ", text, StringComparison.Ordinal);
        Assert.Contains("\nFindings:\n\n- Too few images", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_classes_do_not_break_the_table()
    {
        var recorder = new OutcomeRecorder(["a|b", "c"]);
        recorder.Add(1, 0, [0.9f, 0.1f]);

        Assert.Contains(@"| recall of a\|b | 100.0% |", recorder.ToReport().ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_Markdown_compares_teacher_and_student_in_time_and_size()
    {
        string[] lines = Run(200, 160, 130, 100).ToMarkdown(new() { FileBytes = 582_000, MillisecondsPerImage = 0.63 }, new() { MillisecondsPerImage = 15.8 }).Split('\n');

        Assert.Contains("| time per image | 15.8 ms | 0.63 ms | - |", lines);
        Assert.Contains("| file size | - | 0.58 MB | - |", lines);
    }

    [Fact]
    public void The_difference_that_the_images_can_show_is_part_of_the_verdict()
    {
        var recorder = new OutcomeRecorder(Classes);
        for (int i = 0; i < 400; i++)
            recorder.Add((ulong)i, 0, i < 84 ? [0.9f, 0.1f] : [0.1f, 0.9f], hardLabels: i is >= 84 and < 164 ? [0.9f, 0.1f] : [0.1f, 0.9f]);

        // The standard error is sqrt(0.41 / 400), 3.2 points, of which 2.8 are 9.0.
        Assert.Matches(@"^No difference shown: .* is \+1\.0 points .* With 400 test images, a difference of [89]\.\d points would be shown", recorder.ToReport().Findings[0].Message);
    }

    [Fact]
    public void A_second_student_on_labels_only_shows_what_distillation_adds_to_pretraining()
    {
        DistillationReport Pretrained(ulong firstImage)
        {
            var recorder = new OutcomeRecorder(Classes);
            for (int i = 0; i < 100; i++)
                recorder.Add(firstImage + (ulong)i, 0, Right(i < 70), hardLabels: Right(i < 40), pretrained: Right(i < 50));
            return recorder.ToReport();
        }
        var report = DistillationReport.Combine([Pretrained(0), Pretrained(100)]);
        var read = JsonSerializer.Deserialize<DistillationReport>(JsonSerializer.Serialize(report))!;

        Assert.Equal(0.2, report.GainOverPretrainedHardLabels!.Value.Value, 1e-12);
        Assert.Equal(0.3, report.GainOverHardLabels!.Value.Value, 1e-12);
        Assert.Equal(0.5, report.PretrainedHardLabelStudent!.Accuracy.Value);
        Assert.Equal(report.GainOverPretrainedHardLabels, read.GainOverPretrainedHardLabels);
        Assert.Contains("- Distillation is better than labels only from the same pretrained weights: +20.0 points", read.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("from the same pretrained weights: +20.0 points", Html.ReportPages.Write(read).Page.Value, StringComparison.Ordinal);
        Assert.Null(Run(10, null, 5, 5).GainOverPretrainedHardLabels);
        Assert.Throws<ArgumentException>(() => DistillationReport.Combine([report, Run(10, null, 5, 5)]));
    }

    [Fact]
    public void Coverage_is_the_share_of_tests_with_a_minimum_confidence_and_their_accuracy()
    {
        DistillationReport Report(params float[][] tests)
        {
            var recorder = new OutcomeRecorder(["fear", "joy", "sad"]);
            for (int i = 0; i < tests.Length; i++)
                recorder.Add((ulong)i, 0, tests[i]);
            return recorder.ToReport();
        }
        var report = DistillationReport.Combine([Report([0.7f, 0.2f, 0.1f], [0.2f, 0.5f, 0.3f]), Report([0.3f, 0.3f, 0.4f], [0.6f, 0.3f, 0.1f])]);
        var read = JsonSerializer.Deserialize<DistillationReport>(JsonSerializer.Serialize(report))!;

        Assert.Equal([new(0.5, 0.75, 2.0 / 3), new(0.7, 0.25, 1), new(0.9, 0, null)], report.Student.Coverage);
        Assert.Equal(report.Student.Coverage, read.Student.Coverage);
        // The second test has the label last; the third has it second, before a class of equal probability.
        Assert.Equal(0.75, read.Student.TopTwoAccuracy);
    }

    [Fact]
    public void Recipe_and_settings_survive_JSON_and_are_combined_where_they_are_equal()
    {
        DistillationReport Report(int seed, string recipe)
        {
            var recorder = new OutcomeRecorder(Classes);
            recorder.Add((ulong)seed, 0, [0.5f, 0.5f]);
            var report = recorder.ToReport(options: new() { Recipe = recipe, Settings = new Dictionary<string, string> { ["epochs"] = "10", ["seed"] = $"{seed}" } });
            return JsonSerializer.Deserialize<DistillationReport>(JsonSerializer.Serialize(report))!;
        }
        var combined = DistillationReport.Combine([Report(1, "Fast"), Report(2, "Fast")]);

        Assert.Equal("Fast", combined.Recipe);
        Assert.Equal([new("epochs", "10")], combined.Settings);
        Assert.StartsWith("Recipe: Fast\n", combined.ToMarkdown(), StringComparison.Ordinal);
        Assert.Null(DistillationReport.Combine([combined, Report(3, "Balanced")]).Recipe);
        Assert.Empty(JsonSerializer.Deserialize<DistillationReport>(JsonSerializer.Serialize(combined).Replace("{\"epochs\":\"10\"}", "null", StringComparison.Ordinal))!.Settings);
    }

    /// <summary>So many of the images, all of the first class, are right; the first ones, whatever the model.</summary>
    [Fact]
    public void The_gain_over_another_recipe_is_paired_over_images()
    {
        DistillationReport better = Run(count: 200, teacher: 160, student: 130, hard: 100), worse = Run(count: 200, teacher: null, student: 110, hard: null);

        IntervalEstimate gain = better.GainOver(worse);

        Assert.Equal(0.1, gain.Value, 1e-12);
        Assert.InRange(gain.Lower, 0.05, 0.09);
        Assert.Equal(-gain.Value, worse.GainOver(better).Value, 1e-12);
        Assert.Equal(0, better.GainOver(better).Upper);
    }

    [Fact]
    public void Recipes_that_were_tested_on_other_images_or_runs_are_not_compared()
    {
        DistillationReport first = Run(count: 20, teacher: 16, student: 13, hard: 10), other = Run(count: 20, teacher: 16, student: 13, hard: 10, firstImage: 5);

        Assert.Contains("Run 1 has different test images in the two reports", Assert.Throws<ArgumentException>(() => first.GainOver(other)).Message, StringComparison.Ordinal);
        Assert.Contains("One report has 2 runs and the other 1",
            Assert.Throws<ArgumentException>(() => DistillationReport.Combine([first, other]).GainOver(first)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Joined_recipes_are_compared_in_JSON_Markdown_and_HTML()
    {
        DistillationReport[] runs = [Join(100, 60, 52, 40), Join(100, 58, 50, 42, firstImage: 1000)];
        string json = JsonSerializer.Serialize(DistillationReport.Combine(runs));
        var report = JsonSerializer.Deserialize<DistillationReport>(json)!;

        Assert.Equal(["b|c", "labels"], report.Comparisons.Select(other => other.Recipe));
        Assert.Equal(WilsonInterval.Of(0.51, 200), report.Comparisons[0].Accuracy);
        Assert.Equal(0.08, report.Comparisons[0].Difference.Value, 1e-12);
        Assert.Equal(report.GainOverHardLabels, report.Comparisons[1].Difference);
        Assert.Equal(0.41, report.HardLabelStudent!.Accuracy.Value, 1e-12);
        Assert.Equal(DistillationReport.Combine(runs).ToMarkdown(), report.ToMarkdown());
        Assert.Contains("\n| other recipe | accuracy | student minus this recipe |\n|-|-:|-:|\n"
            + "| b\\|c | 51.0% | +8.0 points (95% interval +", report.ToMarkdown(), StringComparison.Ordinal);
        var section = Html.ReportPages.Section(Html.ReportPages.Write(report).Page, "Recipes")!;
        Assert.Equal(["b|c", "labels"], section.Descendants("bdi").Select(name => name.Value));
        Assert.Contains("51.0%", section.Value, StringComparison.Ordinal);
        Assert.Empty(Run(10, 5, 5, 5).Comparisons);
        Assert.Null(Html.ReportPages.Section(Html.ReportPages.Write(Run(10, 5, 5, 5)).Page, "Recipes"));
    }

    [Fact]
    public void Reports_with_other_recipes_are_not_combined()
    {
        DistillationReport[] runs = [Join(10, 6, 5, 4), Run(10, 10, 6, 4, firstImage: 100)];

        Assert.Contains("use the same recipes in all runs",
            Assert.Throws<ArgumentException>(() => DistillationReport.Combine(runs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outcomes_of_a_recipe_that_do_not_match_the_images_are_rejected()
    {
        string json = JsonSerializer.Serialize(Join(10, 6, 5, 4)).Replace(
            "\"Correct\":\"AQEBAQEAAAAAAA==\"", "\"Correct\":\"AQE=\"", StringComparison.Ordinal);

        Assert.Contains("the outcomes of another recipe do not match",
            Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<DistillationReport>(json)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>A run of a student joined with the recipes "b|c" and "labels"; the teacher is always right.</summary>
    private static DistillationReport Join(int count, int student, int other, int labels, ulong firstImage = 0)
    {
        RunResult Outcome(int right) => Run(count, count, right, null, firstImage).Outcomes[0];
        RunResult hard = Outcome(labels);
        return new DistillationReport(Classes,
            [ComparedRecipes.Join(1, Outcome(student), [("b|c", Outcome(other)), ("labels", hard)], hard)]);
    }
    private static float[] Right(bool right) => right ? [0.8f, 0.2f] : [0.2f, 0.8f];

    private static DistillationReport Run(int count, int? teacher, int student, int? hard, ulong firstImage = 0, TrainingDiagnostics? diagnostics = null,
        float confidence = 0.8f)
    {
        float[] Scores(int i, int? right) => right is null ? [] : i < right ? [confidence, 1 - confidence] : [1 - confidence, confidence];
        var recorder = new OutcomeRecorder(Classes);
        for (int i = 0; i < count; i++)
            recorder.Add(firstImage + (ulong)i, 0, Scores(i, student), Scores(i, teacher), Scores(i, hard));
        return recorder.ToReport(diagnostics);
    }
}
