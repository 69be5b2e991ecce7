using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Checking;

/// <summary>One explained flow, and how many more of the same question came to the same decision.</summary>
internal sealed record Answered(Explanation Explanation, int Alike, ValueList<Suggestion> Changes);

/// <summary>The answer to one <c>check</c>: what was asked, and an answer for every different outcome.</summary>
internal sealed record CheckReport(string From, string To, string Port, ValueList<Answered> Answers, ValueList<string> Notes)
{
    /// <summary>Allowed only if every flow that the question stands for is.</summary>
    public Verdict Verdict => Answers.All(a => a.Explanation.Verdict == Verdict.Allow) ? Verdict.Allow : Verdict.Deny;
}

/// <summary>What one end may send to another, where no port was asked about.</summary>
internal sealed record TrafficReport(string From, string To, ValueList<AllowedTraffic> Answers, ValueList<string> Notes);

/// <summary>All traffic from one end to another, and for ends with both families what each of them allows.</summary>
internal sealed record AllowedTraffic(Flow Flow, Traffic Traffic, Traffic OverV4, Traffic OverV6, int Alike)
{
    public bool FamiliesDiffer => (Flow.From.Families & Flow.To.Families) == IpFamilies.Both && OverV4 != OverV6;
}
