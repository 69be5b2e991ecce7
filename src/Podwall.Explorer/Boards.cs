using Podwall.Drawing;
using Podwall.Drawing.Mermaid;
using Podwall.Drawing.Svg;
using Podwall.Drawing.Text;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Explorer;

/// <summary>Draws what was asked for of a cluster, or of two versions of it.</summary>
public sealed class Boards(Compiled? before, Compiled after, Manifests manifests, Manifests? manifestsBefore = null)
{
    private static readonly Address Elsewhere = Address.Parse("203.0.113.7");

    private readonly Asking asking = new(manifests, after);
    private readonly Asking? askingBefore = before is null ? null : new(manifestsBefore ?? manifests, before);
    // What was drawn last: whoever asks for the reason of an arrow, or keeps the drawing, means that.
    private Drawn? drawn;

    /// <summary>The picture and its facts; the reasons of an arrow are asked for one by one, with <see cref="Reasons(Connection)"/>.</summary>
    public BoardAnswer Draw(BoardQuestion question) => BoardOf(question, out var board) is { } problem ? BoardAnswer.Wrong(problem) : Answer(board!, question.Width);

    /// <summary>The same with all reasons, for a page that is made once and has nobody to ask.</summary>
    public BoardAnswer DrawWithReasons(BoardQuestion question) => BoardOf(question, out var board) is { } problem
        ? BoardAnswer.Wrong(problem)
        : Answer(board!, question.Width) is var answer ? answer with { Arrows = [.. answer.Arrows.Select(a => a with { Reasons = Reasons(board!.Connections[a.Index]) })] } : answer;

    /// <summary>Why the arrow of a sentence is as it is: before and after where they differ. None where nothing more can be said of it.</summary>
    public IReadOnlyList<Answer> Reasons(BoardQuestion question, string sentence) =>
        BoardOf(question, out var board) is null && board!.Connections.FirstOrDefault(c => BoardText.Of(board, c) == sentence) is { } arrow ? Reasons(arrow) : [];

    /// <summary>The drawing to keep, as <c>podwall draw</c> makes it of the same board.</summary>
    public ExportAnswer Export(BoardQuestion question, BoardFormat format) => BoardOf(question, out var board) is { } problem ? new(problem, "") : new("", format switch
    {
        BoardFormat.Mermaid => BoardMermaid.Draw(board!),
        BoardFormat.Markdown => BoardMarkdown.Draw(board!),
        _ => BoardSvg.Draw(board!),
    });

    private string? BoardOf(BoardQuestion question, out Board? board)
    {
        board = (drawn is { } known && known.Question == question ? known : null)?.Board;
        if (board is not null)
            return null;
        if (LensOf(question, out var lens) is { } problem)
            return problem;
        if (!after.Snapshot.Pods.Any())
            return "There are no pods yet: without pods, nobody reaches anybody. Add some, or open an example.";
        if (lens.Around is { Count: 0 })
            return "No pod is left by these filters.";
        board = before is null ? Board.Of(after, lens: lens) : Board.Between(before, after, lens: lens);
        drawn = new(question, board);
        return null;
    }

    private BoardAnswer Answer(Board board, int width)
    {
        var arrows = board.Connections.Select((c, i) => new ArrowFact(i, BoardText.Of(board, c), KindOf(board, c))).ToArray();
        var sentences = arrows.Select(a => a.Sentence).ToHashSet();
        return new("", BoardSvg.Draw(board, new() { Width = width, EmbedStyle = false }), arrows, [.. BoardText.Facts(board).Where(f => !sentences.Contains(f))])
        {
            Cards = [.. board.Places.Where(p => !p.IsOutside).SelectMany(p => p.Cards).Where(c => c.Pods.Count > 0).Select(Alone)],
        };
    }

    private CardFact Alone(Card card) => card.Pods.Select(p => (after.Snapshot.Find(p) ?? before?.Snapshot.Find(p))?.Workload).Distinct().Count() == 1
        ? new($"{card}", $"{card.Pods[0].Namespace}/pod/{card.Pods[0].Name}", "")
        : new($"{card}", "", card.Pods[0].Namespace);

    private static string KindOf(Board board, Connection connection) => !board.IsComparison
        ? connection.After.IsNone ? "deny" : "allow"
        : connection.Change switch
        {
            Change.Kept => "allow",
            Change.Added => "add",
            Change.Removed => "deny",
            _ => "change",
        };

    // One flow speaks for the arrow: of what was lost or gained if something was, else of what passes. Where the arrow
    // holds for some pairs of its pods only, it is one of those.
    private Answer[] Reasons(Connection connection)
    {
        var (was, now) = (connection.Before.Traffic, connection.After.Traffic);
        var lost = was.Except(now);
        var traffic = !lost.IsNone ? lost : !now.Except(was).IsNone ? now.Except(was) : now;
        if (traffic.IsNone || Sample(traffic) is not var (protocol, port))
            return [];
        foreach (var (from, to) in Pairs(connection))
        {
            if (Flow(after, from, to, protocol, port) is not { } current || after.Decide(current).IsAllowed != lost.IsNone)
                continue;
            if (before is null || lost.IsNone)
                return [asking.Explain(current, withRemedies: false)];
            if (Flow(before, from, to, protocol, port) is { } earlier && before.Decide(earlier).IsAllowed)
                return [askingBefore!.Explain(earlier, withRemedies: false), asking.Explain(current, withRemedies: false)];
        }

        return [];
    }

    private static Flow? Flow(Compiled compiled, CardEnd from, CardEnd to, Protocol protocol, int port) =>
        EndOf(compiled, from) is { } sender && EndOf(compiled, to) is { } receiver && !sender.IsItself(receiver) ? new(sender, receiver, protocol, port) : null;

    // The first pods of each card: those of one card are alike, and a second one is there to be reached by the first.
    private static IEnumerable<(CardEnd From, CardEnd To)> Pairs(Connection connection) =>
        from sender in connection.From.Cards.SelectMany(Ends)
        from receiver in connection.To.Cards.SelectMany(Ends)
        select (sender, receiver);

    private static IEnumerable<CardEnd> Ends(Card card) => card.IsOutside
        ? [new(null, card.Addresses.Contains(Elsewhere) ? Elsewhere : card.Addresses.Ranges.First().First)]
        : card.Pods.Take(2).Select(p => new CardEnd(p, Elsewhere));

    private static Endpoint? EndOf(Compiled compiled, CardEnd end) => end.Pod is { } pod ? compiled.At(pod) : compiled.At(end.Address);

    private static (Protocol, int)? Sample(Traffic traffic)
    {
        foreach (var protocol in ProtocolNames.WithPorts)
            foreach (var usual in (int[])[80, 443, 8080, 53])
                if (traffic.Of(protocol).Contains(usual))
                    return (protocol, usual);
        foreach (var protocol in ProtocolNames.WithPorts)
            if (!traffic.Of(protocol).IsEmpty)
                return (protocol, traffic.Of(protocol).Ranges.First().First);
        return traffic.PortLess ? (Protocol.Icmp, 0) : null;
    }

    private string? LensOf(BoardQuestion question, out BoardLens lens)
    {
        lens = BoardLens.Everything;
        if (question.Port.Trim().Length > 0)
        {
            if (PortText.TryParse(question.Port.Trim(), out var port) is { } problem)
                return problem;
            if (port!.Name is not null)
                return $"'{port.Name}' is a name; a filter takes a number, such as 80 or 53/udp.";
            lens = lens with { Only = port.Protocol == Protocol.Icmp ? Traffic.None with { PortLess = true } : Traffic.Of(port.Protocol, PortSet.Of(new PortRange((ushort)port.Number, (ushort)port.Number))) };
        }

        lens = lens with { Direction = question.Direction switch { "ingress" => Direction.Ingress, "egress" => Direction.Egress, _ => null } };
        if (Chosen(question, out var chosen) is { } wrong)
            return wrong;
        if (question.Centre.Trim().Length == 0)
        {
            lens = lens with { Around = chosen };
            return null;
        }

        if (new EndpointNames(manifests, after).TryFind(question.Centre.Trim(), out var ends) is { } unknown)
            return unknown;
        if (ends.Ends[0].Pod is not { } pod)
            return $"{question.Centre} is no pod.";
        lens = lens with { Around = new HashSet<PodId> { pod.Id }, With = chosen };
        return null;
    }

    /// <summary>The pods that were asked for, of both versions; null where that is all of them.</summary>
    private string? Chosen(BoardQuestion question, out HashSet<PodId>? chosen)
    {
        chosen = null;
        Func<Labels, bool> selects;
        try
        {
            selects = LabelSelectorText.Parse(question.Labels).Selects;
        }
        catch (FormatException wrong)
        {
            return $"Labels: {wrong.Message}";
        }

        var search = question.Search.Trim();
        if (question.Namespaces.Count == 0 && question.Labels.Trim().Length == 0 && search.Length == 0)
            return null;
        chosen = [.. ((Compiled?[])[before, after]).OfType<Compiled>().SelectMany(c => c.Snapshot.Pods).Where(IsMeant).Select(p => p.Id)];
        return null;

        bool IsMeant(Pod pod) => (question.Namespaces.Count == 0 || question.Namespaces.Contains(pod.Namespace)) && selects(pod.Labels)
            && (search.Length == 0 || pod.Id.ToString().Contains(search, StringComparison.OrdinalIgnoreCase) || pod.Workload.ToString().Contains(search, StringComparison.OrdinalIgnoreCase));
    }

    private readonly record struct CardEnd(PodId? Pod, Address Address);

    private sealed record Drawn(BoardQuestion Question, Board Board);
}
