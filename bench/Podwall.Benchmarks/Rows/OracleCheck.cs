using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>Asks sampled flows of the brute-force reading before anything is timed.</summary>
public static class OracleCheck
{
    /// <summary>Verdicts and matrix agree with the specification on so many flows between random pods; half aim at near pods.</summary>
    public static string Flows(Compiled compiled, Connectivity connectivity, int flows, int seed)
    {
        var random = new Random(seed);
        var pods = compiled.Snapshot.Pods.ToArray();
        var classOf = connectivity.Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(p => p.Id, p => p.Class);
        ValueList<ushort> ports = [80, 443, 8080, 9090, 53, 8003, 10_100, 10_500];
        var allowed = 0;
        for (var f = 0; f < flows; f++)
        {
            var to = pods[random.Next(pods.Length)];
            var near = compiled.Snapshot.Find(to.Namespace)!.Pods;
            var from = f % 2 == 0 ? pods[random.Next(pods.Length)] : near[random.Next(near.Count)];
            if (from == to)
                continue;
            var (protocol, port) = (f % 7 == 0 ? Protocol.Udp : Protocol.Tcp, ports[random.Next(ports.Count)]);
            var expected = BruteForce.Allows(End(from), End(to), IpFamily.V4, protocol, port);
            var decided = compiled.Decide(new(compiled.At(from), compiled.At(to), protocol, port)).IsAllowed;
            var listed = connectivity.Between(classOf[from.Id], classOf[to.Id]).Contains(protocol, port);
            if (decided != expected || listed != expected)
                throw new InvalidOperationException($"{from} -> {to} {protocol} {port}: the specification says {expected}, the verdict {decided}, the matrix {listed}");
            allowed += expected ? 1 : 0;
        }

        return $"{flows} sampled flows ({allowed} allowed) agree with the brute-force reading, as verdicts and in the matrix";

        BruteForce.End End(Pod pod) => new(compiled.Snapshot, pod, Node: null, pod.AddressOf(IpFamily.V4));
    }
}
