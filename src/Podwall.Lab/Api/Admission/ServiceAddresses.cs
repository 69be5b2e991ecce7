using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api.Admission;

/// <summary>
/// Gives services their addresses, of the families that they ask for and the cluster has, and node ports out of the usual
/// ranges; what is taken is what the stored services say.
/// </summary>
/// <param name="store">What there is.</param>
/// <param name="families">What the cluster's addresses are of.</param>
internal sealed class ServiceAddresses(ObjectStore store, IpFamilies families)
{
    private readonly IpFamily[] used = [.. IpFamily.Both.Where(f => families.HasFlag(f.AsSet()))];

    /// <summary>Where cluster addresses come from.</summary>
    public static Cidr Block(IpFamily family) => Cidr.Parse(family == IpFamily.V4 ? "10.96.0.0/12" : "fd00:10:96::/112");

    /// <summary>The API server's own: the first.</summary>
    public static string OfApiServer(IpFamily family) => family == IpFamily.V4 ? "10.96.0.1" : "fd00:10:96::1";

    // Below lie the addresses that clusters give by hand, as 10.96.0.10 to DNS.
    private const int FirstFree = 256;

    private const int FirstNodePort = 30_000, LastNodePort = 32_767;

    /// <exception cref="ApiFailure">What is asked for is taken, or lies outside the range.</exception>
    public void Give(ObjectName name, JsonObject tree)
    {
        var spec = (JsonObject)tree["spec"]!;
        if (ObjectRules.TextOf(spec["type"]) == "ExternalName")
            return;
        var others = store.View(ResourceType.Services).From(null).Where(s => s.Name != name).Select(s => s.ToTree()["spec"] as JsonObject ?? []).ToList();
        var taken = others.SelectMany(s => Cells.Items<JsonValue>(s["clusterIPs"])).Select(a => a.ToString()).ToHashSet(StringComparer.Ordinal);
        List<string> given = [.. Cells.Items<JsonValue>(spec["clusterIPs"]).Select(a => a.ToString()).DefaultIfEmpty(ObjectRules.TextOf(spec["clusterIP"]) ?? "").Where(a => a.Length > 0)];
        foreach (var asked in given.Where(a => a != "None"))
            if (!Address.TryParse(asked, out var address) || !used.Contains(address.Family) || !Block(address.Family).Contains(address) || taken.Contains(asked))
                throw ApiFailure.Invalid(ResourceType.Services, name.Name, [new(FieldErrorType.Invalid, FieldPath.Of("spec").Child("clusterIPs"),
                    $"Invalid value: {GoValues.Texts(given)}: failed to allocate IP {asked}: {(taken.Contains(asked) ? "provided IP is already allocated" : $"the provided IP is not in the valid range. The range of valid IPs is {Block(Address.TryParse(asked, out var odd) && used.Contains(odd.Family) ? odd.Family : used[0])}")}")]);
        var wanted = Families(name, spec, given);
        if (given is not ["None"])
            given = [.. wanted.Select(f => given.FirstOrDefault(a => Address.TryParse(a, out var address) && address.Family == f) ?? Free(f, taken))];
        spec["clusterIP"] = given[0];
        spec["clusterIPs"] = new JsonArray([.. given.Select(a => (JsonNode)a)]);
        spec["ipFamilies"] = new JsonArray([.. wanted.Select(f => (JsonNode)NameOf(f))]);
        spec["ipFamilyPolicy"] ??= wanted.Count > 1 ? "RequireDualStack" : "SingleStack";
        if (ObjectRules.TextOf(spec["type"]) is "NodePort" or "LoadBalancer")
            GivePorts(spec, others);
        tree["status"] ??= new JsonObject { ["loadBalancer"] = new JsonObject() };
    }

    private static void GivePorts(JsonObject spec, List<JsonObject> others)
    {
        var taken = others.Append(spec).SelectMany(s => Cells.Items(s["ports"])).Select(p => (int)Cells.Int(p, "nodePort")).ToHashSet();
        foreach (var port in Cells.Items(spec["ports"]).Where(p => Cells.Int(p, "nodePort") == 0))
            port["nodePort"] = Enumerable.Range(FirstNodePort, LastNodePort - FirstNodePort + 1).First(taken.Add);
    }

    /// <summary>As the API names a family.</summary>
    public static string NameOf(IpFamily family) => family == IpFamily.V4 ? "IPv4" : "IPv6";

    private List<IpFamily> Families(ObjectName name, JsonObject spec, List<string> given)
    {
        var path = FieldPath.Of("spec").Child("ipFamilies");
        List<IpFamily> wanted = [.. given.Select(a => Address.TryParse(a, out var address) ? (IpFamily?)address.Family : null).OfType<IpFamily>()];
        foreach (var asked in Cells.Items<JsonValue>(spec["ipFamilies"]).Select(f => f.ToString()))
            if (used.FirstOrDefault(f => NameOf(f) == asked) is { } family)
                wanted.Add(family);
            else
                throw ApiFailure.Invalid(ResourceType.Services, name.Name, [FieldError.Invalid(path, asked, "not configured on this cluster")]);
        var policy = ObjectRules.TextOf(spec["ipFamilyPolicy"]);
        if (policy == "RequireDualStack" && used.Length == 1)
            throw ApiFailure.Invalid(ResourceType.Services, name.Name, [FieldError.Invalid(FieldPath.Of("spec").Child("ipFamilyPolicy"), policy, "this cluster is not configured for dual-stack services")]);
        if (wanted.Count == 0)
            wanted.Add(used[0]);
        if (policy is "RequireDualStack" or "PreferDualStack")
            wanted.AddRange(used);
        return [.. wanted.Distinct()];
    }

    private static string Free(IpFamily family, HashSet<string> taken)
    {
        // Counted from the third part of an IPv4 address.
        for (var offset = FirstFree; ; offset++)
        {
            var candidate = family == IpFamily.V4
                ? string.Create(CultureInfo.InvariantCulture, $"10.{96 + (offset >> 16)}.{offset >> 8 & 255}.{offset & 255}")
                : string.Create(CultureInfo.InvariantCulture, $"fd00:10:96::{offset:x}");
            if (taken.Add(candidate))
                return candidate;
        }
    }
}
