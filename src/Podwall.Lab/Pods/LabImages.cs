using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;
using Podwall.Policy;

namespace Podwall.Lab.Pods;

/// <summary>What a container's image stands for in a lab, which has no images: a command of the host's programs, or the responder.</summary>
internal static class LabImages
{
    /// <summary>On a pod: run what the manifest says, whatever the image is called.</summary>
    public const string RunAnnotation = "podwall.dev/run";

    // Images that are made of programs which every pod finds anyway.
    private static readonly HashSet<string> Runnable = new(StringComparer.Ordinal)
    {
        "busybox", "alpine", "bash", "curl", "curlimages/curl", "debian", "ubuntu", "nicolaka/netshoot", "netshoot",
    };

    // The ports that images serve by themselves, whether a manifest declares them or not.
    private static readonly Dictionary<string, int[]> Responders = new(StringComparer.Ordinal)
    {
        ["agnhost"] = [],
        ["pause"] = [],
        ["nginx"] = [80],
        ["nginx-unprivileged"] = [8080],
        ["httpd"] = [80],
        ["echoserver"] = [8080],
        ["http-echo"] = [5678],
        ["podinfo"] = [9898],
        ["redis"] = [6379],
        ["postgres"] = [5432],
        ["mysql"] = [3306],
        ["mariadb"] = [3306],
        ["memcached"] = [11211],
        ["mongo"] = [27017],
    };

    /// <summary>An image of which a lab knows what it does; of others it is said once that they stand for the responder.</summary>
    public static bool IsKnown(JsonNode container) => Runnable.Contains(Name(container)) || Responders.ContainsKey(LastName(container));

    /// <summary>The command that a container runs; empty for the responder.</summary>
    public static IReadOnlyList<string> Command(JsonNode pod, JsonNode container)
    {
        string[] words = [.. Texts(container["command"]), .. Texts(container["args"])];
        if (Cells.Text(pod["metadata"]?["annotations"], RunAnnotation) == "true")
            return words;
        if (!Runnable.Contains(Name(container)))
            return [];
        // A shell is what these images run by themselves.
        return words.Length > 0 ? words : Cells.Text(container, "stdin") == "true" ? ["sh"] : [];
    }

    /// <summary>What a responder serves: the declared ports, those that the image serves anyway, and those that the usual test image is told to.</summary>
    public static IEnumerable<(Protocol Protocol, int Port)> Ports(JsonObject container)
    {
        foreach (var port in Cells.Items(container["ports"]))
            if (ProtocolNames.TryParse(Cells.Text(port, "protocol") is { Length: > 0 } written ? written : "TCP", out var protocol) && protocol is Protocol.Tcp or Protocol.Udp)
                yield return (protocol, (int)Cells.Int(port, "containerPort"));
        foreach (var port in Responders.GetValueOrDefault(LastName(container), []))
            yield return (Protocol.Tcp, port);
        string[] words = [.. Texts(container["command"]), .. Texts(container["args"])];
        foreach (var word in words)
            foreach (var (flag, protocol) in ((string, Protocol)[])[("--http-port=", Protocol.Tcp), ("--udp-port=", Protocol.Udp)])
                if (word.StartsWith(flag, StringComparison.Ordinal) && ushort.TryParse(word[flag.Length..], CultureInfo.InvariantCulture, out var number))
                    yield return (protocol, number);
        if (LastName(container) == "agnhost" && words.Contains("netexec") && !words.Any(w => w.StartsWith("--http-port=", StringComparison.Ordinal)))
            yield return (Protocol.Tcp, 8080);
    }

    private static string LastName(JsonNode container) => Name(container).Split('/')[^1];

    // Without registry and tag.
    private static string Name(JsonNode container)
    {
        var image = Cells.Text(container, "image").Split('@')[0];
        var parts = image.Split('/').Where((p, i) => i > 0 || !p.Contains('.') && p != "localhost" && p != "library").ToArray();
        var name = string.Join('/', parts is ["library", .. var rest] ? rest : parts);
        return name.Split(':')[0];
    }

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(w => w?.GetValue<string>() ?? "");
}
