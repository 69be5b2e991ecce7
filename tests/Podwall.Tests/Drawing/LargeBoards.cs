using System.Diagnostics;
using Podwall.Drawing;
using Podwall.Drawing.Svg;
using Podwall.Policy;

namespace Podwall.Tests.Drawing;

public sealed class LargeBoards
{
    [Fact]
    public void Five_thousand_pods_are_one_readable_picture()
    {
        var watch = Stopwatch.StartNew();
        var board = Board.Of(Compiled.Compile(new(Enumerable.Range(0, 250).Select(Namespace), [])));
        var picture = BoardSvg.Draw(board);
        Assert.Equal(5000, board.Cards.Sum(c => c.Pods.Count));
        Assert.True(board.Cards.Count() <= BoardLimits.Default.Cards + BoardLimits.Default.OutsideCards);
        Assert.True(board.Connections.Count(c => !c.IsInscribed) <= BoardLimits.Default.Arrows);
        Assert.Contains(board.Notes, n => n.Contains("5000 pods in 250 namespaces", StringComparison.Ordinal));
        Assert.True(picture.Length < 500_000);
        // Far more than it takes, and far less than a mistake in the order of growth would.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
        TestContext.Current.SendDiagnosticMessage($"drawn in {watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void A_namespace_of_a_large_cluster_is_drawn_by_workload_with_the_marks_of_the_whole()
    {
        var compiled = Compiled.Compile(new(Enumerable.Range(0, 250).Select(Namespace), []));
        var board = Board.Of(compiled, lens: new() { Around = compiled.Snapshot.Find("ns-007")!.Pods.Select(p => p.Id).ToHashSet() });
        Assert.Equal(["app-0", "app-1", "app-2", "app-3"], board.Cards.Where(c => c.Place == "ns-007").Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(board.Notes, n => n.StartsWith("Drawn by", StringComparison.Ordinal));
        // The namespace that ns-007 lets in, and the one that lets ns-007 in.
        Assert.Equal(["ns-006", "ns-008"], board.Places.Where(p => !p.IsOutside && p.Name != "ns-007").Select(p => p.Name));
        Assert.Contains(board.Cards, c => c.Marks(Phase.After) is { Ingress: Mark.Isolated });
    }

    private static NamespaceBlock Namespace(int number)
    {
        var name = $"ns-{number:000}";
        var pods = Enumerable.Range(0, 20).Select(i => new Pod(new(name, $"app-{i % 4}-{i}"), Labels.Of(("app", $"app-{i % 4}"))) { Workload = new(name, "Deployment", $"app-{i % 4}") });
        var next = Selector.Of((NamespaceBlock.NameLabel, $"ns-{(number + 1) % 250:000}"));
        NetworkPolicy policy = new(new(name, "some"), Selector.Of(("app", $"app-{number % 3}")),
            [new([new Peer.PodsIn(next, Selector.Of(("app", "app-0")))], [new PortMatch.Numbered(Protocol.Tcp, new(80, 80))])], null);
        return new(name, Labels.None, pods, number % 5 == 0 ? [] : [policy]);
    }
}
