using System.Text.RegularExpressions;
using System.Xml.Linq;
using CsCheck;
using Podwall.Drawing;
using Podwall.Drawing.Dot;
using Podwall.Drawing.Mermaid;
using Podwall.Drawing.Svg;
using Podwall.Drawing.Text;
using Podwall.Policy;
using Podwall.Tests.Policy;
using Podwall.Web.Guide;

namespace Podwall.Tests.Drawing;

/// <summary>What holds for every drawing, whatever it shows.</summary>
public sealed partial class DrawingRules
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Names => [.. Pictures.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_picture_is_whole_and_harmless(string name)
    {
        var picture = XDocument.Parse(BoardSvg.Draw(Pictures.All[name]()));
        Assert.Equal("img", picture.Root!.Attribute("role")!.Value);
        Assert.Subset(
            new HashSet<string> { "svg", "title", "desc", "style", "g", "rect", "path", "circle", "text" },
            picture.Descendants().Select(e => e.Name.LocalName).ToHashSet());
        var attributes = picture.Descendants().Attributes().Select(a => a.Name.LocalName).ToHashSet();
        Assert.DoesNotContain(attributes, a => a.StartsWith("on", StringComparison.Ordinal) || a is "href" or "style" or "id");
        Assert.DoesNotContain("url(", picture.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_description_holds_every_fact(string name)
    {
        var board = Pictures.All[name]();
        var description = XDocument.Parse(BoardSvg.Draw(board)).Root!.Element(Svg + "desc")!.Value;
        Assert.Equal(BoardText.Draw(board), string.Concat(description.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(f => $"- {f}\n")));
        Assert.All(board.Connections, c => Assert.Contains(c.Change == Change.Removed && board.IsComparison ? "before, " : ":", description, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_may_bring_the_style_itself()
    {
        var picture = BoardSvg.Draw(Pictures.All["three-tiers"](), new() { EmbedStyle = false });
        Assert.DoesNotContain("<style", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", picture, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", BoardCss.Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_narrow_picture_keeps_to_its_width_and_shows_every_connection(string name) => AssertNarrow(Pictures.All[name]());

    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void A_narrow_picture_of_a_scenario_keeps_to_its_width_and_shows_every_connection(string folder)
    {
        foreach (var step in GuideScenario.Read(folder).Steps)
            AssertNarrow(step.Before is { } before ? Board.Between(before.State.Compiled, step.State.Compiled) : Board.Of(step.State.Compiled));
    }

    [Fact]
    public void A_narrow_picture_of_any_cluster_keeps_to_its_width() => Seeds.Sample(seed =>
    {
        var (before, after) = (Compiled.Compile(new RandomCluster(seed).Snapshot()), Compiled.Compile(new RandomCluster(seed + 1).Snapshot()));
        AssertNarrow(Board.Of(before));
        AssertNarrow(Board.Between(before, after));
    }, iter: Effort.Times(60));

    // The picture, and all that is written in it, where nothing is drawn to scale.
    private static void AssertNarrow(Board board)
    {
        foreach (var width in (int[])[300, 324, 420])
        {
            var picture = XDocument.Parse(BoardSvg.Draw(board, new() { Width = width }));
            Assert.InRange((int)picture.Root!.Attribute("width")!, 1, width);
            foreach (var text in picture.Descendants(Svg + "text").Where(t => t.Attribute("text-anchor") is null))
                Assert.True((int)text.Attribute("x")! + TextWidth.Of(text.Value, SizeOf(text)) <= width, $"{text.Value} at {text.Attribute("x")} is out of {width}");
            Assert.Equal(
                Enumerable.Range(0, board.Connections.Count),
                picture.Descendants().Attributes("data-connection").Select(a => (int)a).Distinct().Order());
            foreach (var panel in Panels($"{picture}"))
                AssertApart(panel);
        }
    }

    private static double SizeOf(XElement text) => $"{text.Attribute("class")}" switch
    {
        var css when css.Contains("small", StringComparison.Ordinal) => 11,
        var css when css.Contains("title", StringComparison.Ordinal) => 13,
        var css when css.Contains("phase", StringComparison.Ordinal) => 15,
        _ => 14,
    };

    [Fact]
    public void Labels_and_boxes_never_overlap() => Seeds.Sample(seed =>
    {
        var (before, after) = (Compiled.Compile(new RandomCluster(seed).Snapshot()), Compiled.Compile(new RandomCluster(seed + 1).Snapshot()));
        foreach (var board in (Board[])[Board.Of(before), Board.Between(before, after)])
            foreach (var width in (int[])[500, 900, 1440])
                foreach (var panel in Panels(BoardSvg.Draw(board, new() { Width = width })))
                    AssertApart(panel);
    }, iter: Effort.Times(60));

    [Fact]
    public void The_same_cluster_is_the_same_drawing_in_whatever_order_it_comes() => Seeds.Sample(seed =>
    {
        var snapshot = new RandomCluster(seed).Snapshot();
        var shuffled = new Snapshot(snapshot.Namespaces.Reverse().Select(n => new NamespaceBlock(n.Name, n.Labels, n.Pods.Reverse(), n.Policies.Reverse()) { IsDeclared = n.IsDeclared }), snapshot.Nodes);
        Assert.Equal(All(snapshot), All(shuffled));
    }, iter: Effort.Times(60));

    [Fact]
    public void Mermaid_and_dot_get_nothing_that_they_could_read_as_syntax()
    {
        var (flowchart, graph) = (BoardMermaid.Draw(Pictures.All["hostile"]()), BoardDot.Draw(Pictures.All["hostile"]()));
        foreach (Match label in MermaidLabel().Matches(flowchart))
            Assert.Matches("^[\\p{L}\\p{N} .,:/=()+×·-]*$", MermaidCode().Replace(label.Groups[1].Value, ""));
        Assert.Equal(flowchart.Count(c => c == '"') / 2, MermaidLabel().Count(flowchart));
        Assert.All(graph.Split('\n'), line => Assert.Equal(0, UnescapedQuote().Count(line) % 2));
    }

    [Fact]
    public void Markdown_gets_no_name_that_it_could_read_as_markup()
    {
        foreach (var picture in Pictures.All.Values)
        {
            var lines = BoardMarkdown.Draw(picture()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(lines, line => Assert.Matches(@"^- (?:[^\\`*_\[\]<>|~&#!@]|\\[\\`*_\[\]<>|~&#!]|&\#64;)*$", line));
            Assert.Equal(BoardText.Draw(picture()), string.Concat(lines.Select(l => $"{Regex.Replace(l, @"\\(.)", "$1").Replace("&#64;", "@", StringComparison.Ordinal)}\n")));
        }
    }

    private static string All(Snapshot snapshot)
    {
        var board = Board.Of(Compiled.Compile(snapshot));
        return BoardSvg.Draw(board) + BoardMermaid.Draw(board) + BoardDot.Draw(board) + BoardText.Draw(board);
    }

    private static IEnumerable<XElement> Panels(string picture) => XDocument.Parse(picture).Root!.Elements(Svg + "g").Where(g => g.Attribute("class")!.Value.StartsWith("panel", StringComparison.Ordinal));

    private static void AssertApart(XElement panel)
    {
        Box[] Rects(Func<XElement, bool> which) => [.. panel.Descendants(Svg + "rect").Where(which).Select(Box.Of)];
        var cards = Rects(r => r.Parent!.Attribute("data-card") is not null && r.Attribute("class") is null);
        var places = Rects(r => r.Parent!.Attribute("data-place") is not null);
        var pills = Rects(r => r.Attribute("class")?.Value == "pill");
        foreach (var group in (Box[][])[cards, places, pills])
            for (var i = 0; i < group.Length; i++)
                Assert.DoesNotContain(group[(i + 1)..], other => group[i].Meets(other));
        Assert.DoesNotContain(pills, p => cards.Any(p.Meets));
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex MermaidLabel();

    [GeneratedRegex("<br/>|#\\d+;")]
    private static partial Regex MermaidCode();

    [GeneratedRegex("(?<!\\\\)(\\\\\\\\)*\"")]
    private static partial Regex UnescapedQuote();

    private readonly record struct Box(int X, int Y, int Width, int Height)
    {
        public static Box Of(XElement rect) => new((int)rect.Attribute("x")!, (int)rect.Attribute("y")!, (int)rect.Attribute("width")!, (int)rect.Attribute("height")!);

        public bool Meets(Box other) => X < other.X + other.Width && other.X < X + Width && Y < other.Y + other.Height && other.Y < Y + Height;
    }
}
