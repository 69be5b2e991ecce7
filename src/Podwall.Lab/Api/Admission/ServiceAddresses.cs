using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api.Admission;

/// <summary>Gives services their addresses and node ports out of the usual ranges; what is taken is what the stored services say.</summary>
internal sealed class ServiceAddresses(ObjectStore store)
{
    /// <summary>Where cluster addresses come from; the first is the API server's own.</summary>
    public static Cidr Block { get; } = Cidr.Parse("10.96.0.0/12");

    private static AddressRange Range => Block.Range;

    public const string OfApiServer = "10.96.0.1";

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
        var taken = others.Select(s => ObjectRules.TextOf(s["clusterIP"]) ?? "").ToHashSet(StringComparer.Ordinal);
        if (ObjectRules.TextOf(spec["clusterIP"]) is not { Length: > 0 } asked)
            spec["clusterIP"] = asked = Free(taken);
        else if (asked != "None" && (!Address.TryParse(asked, out var address) || Range.First > address || address > Range.Last || taken.Contains(asked)))
            throw ApiFailure.Invalid(ResourceType.Services, name.Name, [FieldError.Invalid(FieldPath.Of("spec").Child("clusterIPs"), asked,
                $"failed to allocate IP {asked}: {(taken.Contains(asked) ? "provided IP is already allocated" : $"the provided IP is not in the valid range. The range of valid IPs is {Block}")}")]);
        spec["clusterIPs"] = new JsonArray(asked);
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
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

    private static string Free(HashSet<string> taken)
    {
        // 10.96.0.0 and on, counted from its third part.
        for (var offset = FirstFree; ; offset++)
        {
            var candidate = string.Create(CultureInfo.InvariantCulture, $"10.{96 + (offset >> 16)}.{offset >> 8 & 255}.{offset & 255}");
            if (!taken.Contains(candidate))
                return candidate;
        }
    }
}
