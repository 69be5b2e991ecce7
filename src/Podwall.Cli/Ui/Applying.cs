using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;

namespace Podwall.Cli.Ui;

/// <summary>Puts proposed policies in force, as <c>kubectl apply --server-side</c> would; nothing but NetworkPolicies.</summary>
internal static class Applying
{
    public static async Task<ApplyReply> ApplyAsync(Proposal proposal, ApiClient client, CancellationToken cancellation)
    {
        var read = Proposals.Read(proposal);
        if (read.HasErrors)
            return new(false, ["Nothing was applied: the policies have errors."]);
        if (read.PolicyObjects.Count == 0)
            return new(false, ["Nothing was applied: there is no NetworkPolicy in the text."]);
        List<string> lines = [];
        foreach (var source in read.PolicyObjects.AsEnumerable())
        {
            try
            {
                var path = $"{ResourceType.NetworkPolicies.PathOf(source.Id.Namespace, source.Id.Name)}?fieldManager=podwall";
                await client.PatchAsync(path, PatchTypes.Apply, Encoding.UTF8.GetBytes(DocumentOf(proposal, source)), UiJson.Default.JsonElement, cancellation);
                lines.Add($"{source.Id} is in force");
            }
            catch (ApiException refused)
            {
                return new(false, [.. lines, $"{source.Id}: {refused.Message}"]);
            }
        }

        return new(true, lines);
    }

    // The document as it was written, so that labels and comments of its author are not lost.
    private static string DocumentOf(Proposal proposal, PolicySource source)
    {
        var lines = proposal.Files.First(f => f.Name == source.Position.File).Text.Split('\n');
        var (first, last) = (source.Position.Line - 1, source.Position.Line - 1);
        while (first > 0 && !IsSeparator(lines[first - 1]))
            first--;
        while (last + 1 < lines.Length && !IsSeparator(lines[last + 1]))
            last++;
        return string.Join('\n', lines[first..(last + 1)]);
    }

    private static bool IsSeparator(string line) => line.TrimEnd() == "---" || line.StartsWith("--- ", StringComparison.Ordinal);
}

/// <summary>What the API server answers, taken as it comes.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class UiJson : JsonSerializerContext;
