using System.Globalization;
using System.Text;
using Podwall.Policy.Reporting;

namespace Podwall.Agent;

/// <summary>What an agent counts, in Prometheus' text format (0.0.4).</summary>
public sealed class Metrics
{
    private readonly Lock gate = new();
    private readonly Histogram seconds = new(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10);
    private readonly Histogram batches = new(0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000);
    private long elements, resyncs, repairs, failures, cut;

    /// <summary>The elements that each map holds; read when somebody asks.</summary>
    public Func<IReadOnlyDictionary<string, long>> Held { get; set; } = () => new Dictionary<string, long>();

    /// <summary>Packets dropped, by the reason; read when somebody asks.</summary>
    public Func<IReadOnlyDictionary<string, ulong>> Drops { get; set; } = () => new Dictionary<string, ulong>();

    /// <summary>What is found in the cluster; empty where another agent reports.</summary>
    public IReadOnlyList<ClusterFinding> Findings { get; set; } = [];

    /// <summary>This agent reports for the whole cluster.</summary>
    public bool Leads { get; set; }

    public long Repairs => Interlocked.Read(ref repairs);

    public long Failures => Interlocked.Read(ref failures);

    public long Cut => Interlocked.Read(ref cut);

    public void Applied(TimeSpan duration, int sent)
    {
        lock (gate)
        {
            seconds.Add(duration.TotalSeconds);
            batches.Add(sent);
            elements += sent;
        }
    }

    public void Resynced() => Interlocked.Increment(ref resyncs);

    public void Repaired() => Interlocked.Increment(ref repairs);

    public void Failed() => Interlocked.Increment(ref failures);

    public void Severed(int connections) => Interlocked.Add(ref cut, connections);

    public string Text()
    {
        StringBuilder text = new();
        lock (gate)
        {
            Head("podwall_apply_seconds", "histogram", "From a new state of the cluster to the kernel that enforces it.");
            seconds.Write(text, "podwall_apply_seconds");
            Head("podwall_batch_elements", "histogram", "Elements of maps that one new state of the cluster added or deleted.");
            batches.Write(text, "podwall_batch_elements");
            Counter("podwall_elements_sent_total", "Elements of maps that were added or deleted.", elements);
        }

        Head("podwall_elements", "gauge", "Elements that each map holds.");
        foreach (var (map, count) in Held())
            Line($"podwall_elements{{map=\"{map}\"}}", count);
        Counter("podwall_resyncs_total", "Times that the kernel was compared with what it should hold.", Interlocked.Read(ref resyncs));
        Counter("podwall_repairs_total", "Times that the kernel held something else and was mended.", Repairs);
        Counter("podwall_apply_failures_total", "Changes that the kernel refused.", Failures);
        Counter("podwall_connections_cut_total", "Connections that policy stopped allowing.", Cut);
        Head("podwall_dropped_packets_total", "counter", "Packets that were dropped, by the reason.");
        foreach (var (reason, count) in Drops())
            Line($"podwall_dropped_packets_total{{reason=\"{reason}\"}}", (long)count);
        Head("podwall_leader", "gauge", "1 where this agent reports what is found in the cluster.");
        Line("podwall_leader", Leads ? 1 : 0);
        Head("podwall_findings", "gauge", "Objects that do not do what they seem to be written for, by reason; the log and events say more.");
        foreach (var about in Findings.GroupBy(f => (f.Reason, f.Kind, f.Namespace, f.Name)))
            Line($"podwall_findings{{reason=\"{about.Key.Reason}\",kind=\"{about.Key.Kind}\",namespace=\"{about.Key.Namespace}\",name=\"{about.Key.Name}\"}}", about.Count());
        return text.ToString();

        void Counter(string name, string help, long value)
        {
            Head(name, "counter", help);
            Line(name, value);
        }

        void Head(string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

        void Line(string name, long value) => text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }
}
