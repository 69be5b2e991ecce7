using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Podwall.Drawing;
using Podwall.Drawing.Text;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Tests;
using Podwall.Web.Guide;

namespace Podwall.BrowserTests;

/// <summary>The guide, chapter by chapter, as a reader sees it. Nothing here touches what pages share, so that it runs beside the other tests.</summary>
public sealed class GuideTests(Chromium chromium)
{
    public static TheoryData<string> Pages => [.. Chapters.All.Select(c => c.Page), "index.html"];

    public static TheoryData<string> ChapterPages => [.. Chapters.All.Where(c => c.Scenarios.Count > 0).Select(c => c.Slug)];

    [Fact]
    public void Every_scenario_has_its_place_in_one_chapter() =>
        Assert.Equal(ScenarioFiles.Scenarios.Order(StringComparer.Ordinal), Chapters.All.SelectMany(c => c.Scenarios).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_is_accessible_light_and_dark_and_fits_360_pixels_and_2560_with_everything_unfolded(string page)
    {
        var name = page.Replace('/', '-');
        await using var visit = await chromium.VisitAsync(page, Chromium.Fresh);
        await visit.PictureAsync($"{name}-light");
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await visit.Page.SetViewportSizeAsync(360, 800);
        await visit.PictureAsync($"{name}-dark-360");
        await visit.UnfoldAsync("details");
        // Letters of a picture that is made smaller are too small to read.
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("[...document.querySelectorAll('.picture svg')].filter(s => s.getClientRects().length > 0 && (s.getBoundingClientRect().width < s.width.baseVal.value || s.width.baseVal.value > s.parentElement.clientWidth)).length"));
        foreach (var width in (int[])[360, 2560])
        {
            await visit.Page.SetViewportSizeAsync(width, 800);
            Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{page} is wider than {width}");
        }

        // Scenarios are made of the same parts, so the first one shows them all; unfolded, the largest page keeps axe busy for minutes.
        await visit.UnfoldAsync(".scenario ~ .scenario details", open: false);
        await visit.Page.SetViewportSizeAsync(1280, 900);
        // Nothing but colours differs in the dark, and pages have them in common: some show them, all in a long run.
        if (Pages.Select(p => p.Data).ToList().IndexOf(page) % 4 == 0 || Effort.Times(1) > 1)
            await visit.AssertAccessibleAsync($"{page}, dark", "color-contrast");
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await visit.AssertAccessibleAsync($"{page}, light");
    }

    [Theory, MemberData(nameof(ChapterPages))]
    public async Task The_YAML_on_the_page_is_the_file(string slug)
    {
        var chapter = Chapters.All.First(c => c.Slug == slug);
        await using var visit = await chromium.VisitAsync(chapter.Page);
        var shown = await visit.Page.EvaluateAsync<string[][]>("[...document.querySelectorAll('[data-file]')].map(f => [f.dataset.file, [...f.querySelectorAll('.line')].map(l => l.textContent).join('')])");
        foreach (var file in shown)
            Assert.Equal(await File.ReadAllTextAsync(Checkout.At(file[0]), TestContext.Current.CancellationToken), file[1]);
        var expected = chapter.Scenarios.SelectMany(s => ScenarioFiles.In(s)).Where(f => !f.EndsWith("/expected.yaml", StringComparison.Ordinal));
        Assert.Subset(shown.Select(f => f[0]).ToHashSet(), expected.ToHashSet());
    }

    [Theory, MemberData(nameof(ChapterPages))]
    public async Task The_pictures_say_what_the_engine_says_of_the_files_on_the_disk(string slug)
    {
        var chapter = Chapters.All.First(c => c.Slug == slug);
        await using var visit = await chromium.VisitAsync(chapter.Page);
        foreach (var folder in chapter.Scenarios)
        {
            var scenario = GuideScenario.Read(folder);
            var facts = await visit.Page.EvaluateAsync<string[][]>("id => [...document.getElementById(id).querySelectorAll('[data-board]')].map(b => [...b.querySelectorAll('[data-fact]')].map(f => (f.querySelector('summary') ?? f).textContent.trim()))", scenario.Anchor);
            var pictures = await visit.Page.EvaluateAsync<int[][]>("id => [...document.getElementById(id).querySelectorAll('[data-board] .picture')].map(p => [...new Set([...p.querySelectorAll('[data-connection]')].map(c => Number(c.dataset.connection)))].sort((a, b) => a - b))", scenario.Anchor);
            var steps = scenario.Steps.Where(s => s.Changes || scenario.Steps.Count == 1).ToArray();
            Assert.Equal(steps.Length, facts.Length);
            foreach (var (step, index) in steps.Select((s, i) => (s, i)))
            {
                var now = Compile(folder, step);
                var board = step.Before is { } before ? Board.Between(Compile(folder, before), now) : Board.Of(now);
                Assert.Equal(board.Connections.Select(c => BoardText.Of(board, c)), facts[index]);
                // Each is in the wide picture and in the narrow one.
                Assert.Equal(Enumerable.Range(0, board.Connections.Count), pictures[2 * index]);
                Assert.Equal(Enumerable.Range(0, board.Connections.Count), pictures[2 * index + 1]);
            }
        }
    }

    // The labels of a step are in its snapshot; policies and pods are read from the disk again.
    private static Compiled Compile(string folder, GuideStep step)
    {
        var read = ManifestReader.Read(step.Policies.Select(p => p.Path).Append("scenario/cluster.yaml").Select(p => (p, File.ReadAllText(Checkout.At(folder, p)))));
        var labelled = read.Snapshot.Namespaces.Select(n => step.State.Compiled.Snapshot.Find(n.Name) is { } shown ? n.With(labels: shown.Labels, pods: n.Pods.Select(p => p with { Labels = shown.Find(p.Id)!.Labels })) : n);
        return Compiled.Compile(new(labelled, read.Snapshot.Nodes));
    }

    [Theory, MemberData(nameof(ChapterPages))]
    public async Task Questions_are_answered_as_the_expectations_say(string slug)
    {
        var chapter = Chapters.All.First(c => c.Slug == slug);
        await using var visit = await chromium.VisitAsync(chapter.Page);
        await visit.UnfoldAsync(".whole");
        var first = visit.Page.Locator("[data-quiz]").First;
        await first.Locator("[data-guess=allowed]").ClickAsync();
        await Assertions.Expect(first.Locator(".outcome")).ToHaveTextAsync(await first.GetAttributeAsync("data-quiz") == "allowed" ? "Right." : "No: it is denied.");
        // The others in the page, since each click from outside makes a browser look at the whole of it.
        var answers = await visit.Page.EvaluateAsync<string[][]>("""
            [...document.querySelectorAll("[data-quiz]")].map(quiz => {
              const outcome = guess => {
                quiz.querySelector(`[data-guess=${guess}]`).click();
                return quiz.querySelector(".outcome").textContent;
              };
              const right = quiz.dataset.quiz;
              return [right, outcome(right), outcome(right === "allowed" ? "denied" : "allowed"), quiz.querySelector(".badge").textContent.toLowerCase()];
            })
            """);
        Assert.All(answers, a => Assert.Equal((string[])[a[0], "Right.", $"No: it is {a[0]}.", a[0]], a));
        Assert.Equal(chapter.Scenarios.Count > 0, answers.Length > 0);
        foreach (var folder in chapter.Scenarios)
            if (GuideScenario.Read(folder) is var scenario && scenario.Steps.LastOrDefault(s => s.Policies.Count > 0) is { } last)
            {
                var quizzes = await visit.Page.EvaluateAsync<string[][]>("id => [...document.getElementById(id).querySelectorAll('[data-quiz]')].map(q => [q.querySelector('.question').textContent, q.dataset.quiz])", scenario.Anchor);
                Assert.NotEmpty(quizzes);
                Assert.All(quizzes, q => AssertAnswer(last, q[0], q[1] == "allowed" ? Verdict.Allow : Verdict.Deny));
            }
    }

    // By the line of the expectations that speaks of the flow, and by the engine on the files of the step.
    private static void AssertAnswer(GuideStep step, string question, Verdict answer)
    {
        var words = Regex.Match(question, @"^May (?<from>\S+) reach (?<to>\S+) on (?<protocol>[A-Z]+)(?: (?<port>\d+))?\?$");
        Assert.True(words.Success, question);
        var protocol = Enum.Parse<Protocol>(words.Groups["protocol"].Value, ignoreCase: true);
        var port = words.Groups["port"].Success ? int.Parse(words.Groups["port"].Value, CultureInfo.InvariantCulture) : 0;
        var (from, to) = (words.Groups["from"].Value, words.Groups["to"].Value);
        var line = step.Step.Expect.AsEnumerable().First(e => IsMeant(e.From, from) && IsMeant(e.To, to) && e.Ports.AsEnumerable().Any(p => p.Protocol == protocol && (p.Port ?? 0) == port));
        Assert.Equal(line.Is, answer);
        Assert.Equal(line.Is == Verdict.Allow, step.State.Compiled.Decide(new(EndOf(step, from), EndOf(step, to), protocol, port)).IsAllowed);
    }

    private static bool IsMeant(FlowEnd end, string name) => end switch
    {
        FlowEnd.OnePod(var id) => $"{id}" == name,
        FlowEnd.AllPods(var ns) => name.StartsWith($"{ns}/", StringComparison.Ordinal),
        FlowEnd.Outside(var address) => $"{address}" == name,
        _ => false,
    };

    private static Endpoint EndOf(GuideStep step, string name) => name.Split('/') is [var ns, var pod]
        ? step.State.Compiled.At(new PodId(ns, pod))!
        : step.State.Compiled.At(Address.Parse(name));

    [Theory, MemberData(nameof(Pages))]
    public async Task Every_file_and_every_command_is_copied_as_it_stands_and_every_file_is_saved_under_its_name(string page)
    {
        await using var visit = await chromium.VisitAsync(page);
        var taken = await visit.Page.EvaluateAsync<string[][]>("""
            async () => {
              const taken = [];
              navigator.clipboard.writeText = async text => { taken.push(text); };
              const blobs = [];
              URL.createObjectURL = blob => { blobs.push(blob); return "#"; };
              HTMLAnchorElement.prototype.click = function () { taken.push(this.download); };
              const click = button => { button.click(); return taken.pop(); };
              const files = [];
              for (const file of document.querySelectorAll("[data-file]"))
                files.push(["file", file.dataset.file, click(file.querySelector("[data-copy]")), click(file.querySelector("[data-download]")), await blobs.pop().text()]);
              return [...files, ...[...document.querySelectorAll("[data-copy-command]")].map(b => ["command", b.parentElement.querySelector("code").textContent, click(b)])];
            }
            """);
        foreach (var file in taken.Where(t => t[0] == "file"))
        {
            var text = await File.ReadAllTextAsync(Checkout.At(file[1]), TestContext.Current.CancellationToken);
            Assert.Equal((string[])[text, text], (string[])[file[2], file[4]]);
            Assert.EndsWith(Path.GetFileName(file[1]), file[3]);
        }

        Assert.All(taken.Where(t => t[0] == "command"), t => Assert.Equal(t[1], t[2]));
        Assert.Equal(page is "guide/mechanisms.html", taken.Length == 0);
    }
}
