using Podwall.Drawing.Dot;
using Podwall.Drawing.Mermaid;
using Podwall.Drawing.Svg;
using Podwall.Drawing.Text;

namespace Podwall.Tests.Drawing;

public sealed class GoldenDrawings
{
    public static TheoryData<string> Names => [.. Pictures.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_picture_is_as_it_was(string name) => GoldenFile.AssertSame($"{name}.svg", BoardSvg.Draw(Pictures.All[name]()));

    [Theory, MemberData(nameof(Names))]
    public void The_flowchart_is_as_it_was(string name) => GoldenFile.AssertSame($"{name}.mmd", BoardMermaid.Draw(Pictures.All[name]()));

    [Theory, MemberData(nameof(Names))]
    public void The_graph_is_as_it_was(string name) => GoldenFile.AssertSame($"{name}.dot", BoardDot.Draw(Pictures.All[name]()));

    [Theory, MemberData(nameof(Names))]
    public void The_list_is_as_it_was(string name) => GoldenFile.AssertSame($"{name}.txt", BoardText.Draw(Pictures.All[name]()));
}
