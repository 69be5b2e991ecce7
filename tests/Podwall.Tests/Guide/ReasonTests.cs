using Podwall.Explorer;
using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>The reasons behind the arrows of the guide's pictures.</summary>
public sealed class ReasonTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Theory, MemberData(nameof(Scenarios))]
    public void A_reason_comes_to_what_its_arrow_says(string folder)
    {
        foreach (var step in GuideScenario.Read(folder).Steps)
            foreach (var before in (GuideStep?[])[null, .. step.Before is { } earlier ? [earlier] : (GuideStep[])[]])
                foreach (var arrow in new Boards(before?.State.Compiled, step.State.Compiled, step.State.Manifests, before?.State.Manifests).DrawWithReasons(new()).Arrows)
                {
                    Assert.NotEmpty(arrow.Reasons!);
                    bool[] verdicts = [.. arrow.Reasons!.Select(r => r.IsAllowed)];
                    Assert.True(arrow.Kind switch
                    {
                        "deny" => verdicts is [.., false],
                        "change" => verdicts is [true, false] or [true],
                        _ => verdicts is [true],
                    }, $"{step.Name}: {arrow.Sentence} is {arrow.Kind}, and its reasons say {string.Join(", ", verdicts)}");
                }
    }
}
