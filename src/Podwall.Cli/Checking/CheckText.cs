using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Checking;

/// <summary>Draws the answer to a <c>check</c> for a person.</summary>
internal sealed class CheckText(Paper paper, Cluster cluster)
{
    public void Write(CheckReport report)
    {
        if (report.Answers.Count == 0)
            paper.Line("There is no flow to ask about: the only end is the same pod on both sides.");
        foreach (var (answer, index) in report.Answers.Select((a, i) => (a, i)))
        {
            if (index > 0)
                paper.Line();
            Write(answer);
        }

        foreach (var note in report.Notes)
            paper.Line().Line(new Piece("note: ", Ink.Caution), note);
    }

    public void Write(TrafficReport report)
    {
        foreach (var answer in report.Answers)
        {
            paper.Put($"{answer.Flow.From} -> {answer.Flow.To}", Ink.Strong).Put(Alike(answer.Alike)).Put("   ")
                .Line(answer.Traffic.IsNone ? new Piece("nothing is allowed", Ink.Bad) : new Piece($"{answer.Traffic}", Ink.Good), answer.Traffic.IsNone ? "; ask with a port to see why" : "");
            if (answer.FamiliesDiffer)
                paper.Line("  ", new Piece($"over IPv4: {answer.OverV4}; over IPv6: {answer.OverV6}", Ink.Caution));
        }

        foreach (var note in report.Notes)
            paper.Line().Line(new Piece("note: ", Ink.Caution), note);
    }

    private void Write(Answered answer)
    {
        var (explanation, flow) = (answer.Explanation, answer.Explanation.Flow);
        paper.Put(explanation.Verdict == Verdict.Allow ? "ALLOWED" : "DENIED ", explanation.Verdict == Verdict.Allow ? Ink.Good : Ink.Bad)
            .Put($"  {flow.From} -> {flow.To}", Ink.Strong)
            .Line($"   {flow.Protocol.Name()}{(flow.Protocol == Protocol.Icmp ? "" : $" {flow.Port}")}", Alike(answer.Alike)).Line();
        WriteSides(explanation);
        if (explanation.Decision.FamiliesDiffer)
            paper.Line().Line("  ", new Piece($"only over {(explanation.Decision.AllowedOver == IpFamilies.V4 ? "IPv4; IPv6" : "IPv6; IPv4")} is denied", Ink.Caution));
        foreach (var end in (Endpoint[])[flow.From, flow.To])
            foreach (var contender in end.Contenders)
                paper.Line().Line("  ", new Piece("shared address: ", Ink.Caution), $"{contender} claims the address of {end}, too; only what both may do is allowed");
        foreach (var assumption in explanation.Assumed)
            paper.Line().Line("  ", new Piece("assumed: ", Ink.Caution), $"{assumption}");
        new SuggestionText(paper).Write(explanation.Verdict, answer.Changes);
    }

    private void WriteSides(Explanation explanation)
    {
        SideExplanation[] sides = [explanation.Egress, explanation.Ingress];
        var width = sides.Max(s => $"{s.Subject}".Length);
        foreach (var side in sides)
        {
            var allowed = side.Decision.Verdict == Verdict.Allow;
            paper.Line($"  {(side.Direction == Direction.Egress ? "egress " : "ingress")}  {$"{side.Subject}".PadRight(width)}   ",
                allowed ? new Piece("allowed", Ink.Good) : new Piece("DENIED ", Ink.Bad), $"   {ReasonText.Of(side.Decision.Why, side.Subject)}");
            // Where it is allowed, the rules that allow it are the answer; where not, each rule owes its reason.
            foreach (var rule in side.Rules.Where(r => !allowed || r.Allows))
                Write(rule, allowed);
        }
    }

    private void Write(RuleFinding finding, bool allowed)
    {
        var place = cluster.Manifests.Sources.Of(finding.Id);
        var rule = $"rule {finding.Id.Index + 1} of {finding.Id.Policy.Name}";
        if (finding.Rule.AnyPeer)
            paper.Line($"    {rule}, any peer", Where(place));
        foreach (var peer in finding.Peers.Where(p => !allowed || p.Matches))
        {
            paper.Line($"    {rule}, peer {peer.Index + 1}  {peer.Peer}", Where(cluster.Manifests.Sources.OfPeer(finding.Id, peer.Index) ?? place));
            if (peer.Why is { } why)
                paper.Line($"      {why}");
        }

        foreach (var port in finding.Ports.Where(p => !allowed && finding.PeerMatches && !finding.PortMatches && !p.Matches))
            paper.Line($"      port {port.Port}: {port.Why}", Where(cluster.Manifests.Sources.OfPort(finding.Id, port.Index)));
        if (!allowed && finding.Ports.Count > 0 && !finding.PeerMatches && !finding.PortMatches)
            paper.Line($"      and its ports do not match either: {string.Join(", ", finding.Ports.Select(p => p.Port))}");
    }

    private static Piece Where(SourcePosition? position) => new(position is { } p ? $"   ({Short(p.File)}:{p.Line})" : "", Ink.Dim);

    private static string Short(string file) => Path.GetFileName(file) is { Length: > 0 } name ? name : file;

    private static string Alike(int count) => count == 0 ? "" : $"   (and {Plural.Of(count, "more flow")} with the same outcome)";
}
