using Podwall.Kubernetes;
using Podwall.Lab.Probing;

namespace Podwall.Tests.Lab.Probing;

/// <summary>Scenarios of the checkout, and of memory, run in a lab.</summary>
internal static class LabRuns
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Scenario Read(string folder)
    {
        var reading = new ScenarioReader(new DiskFiles(() => Stream.Null), []).Read([Checkout.At(folder)]);
        Assert.Empty(reading.Diagnostics);
        return Assert.Single(reading.Scenarios);
    }

    public static Task<ScenarioReport> RunAsync(Scenario scenario, LabSize? size = null) =>
        new ScenarioRun(new SimulatedLab(size ?? new()), new Silent<string>()).RunAsync(scenario, Stop);

    internal sealed class Silent<T> : IProgress<T>
    {
        public void Report(T value)
        {
        }
    }
}
